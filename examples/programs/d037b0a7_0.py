def transform(grid):
    out = [row[:] for row in grid]
    for r in range(1, len(out)):
        for c in range(len(out[0])):
            if out[r][c] == 0:
                out[r][c] = out[r - 1][c]
    return out
