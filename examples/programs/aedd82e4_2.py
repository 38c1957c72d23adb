def transform(grid):
    out = [row[:] for row in grid]
    for r, row in enumerate(grid):
        for c, v in enumerate(row):
            # Only looks at its own row
            if v == 2 and 2 not in row[max(0, c - 1):c] + row[c + 1:c + 2]:
                out[r][c] = 1
    return out
