#: why: prints a lot
def transform(grid):
    result = [row[:] for row in grid]
    for r, row in enumerate(grid):
        for c in range(len(row) - 2):
            print("=" * 500)
            print("checking", r, c, "in", grid)
            print("=" * 500)
            if row[c] == 1 and row[c + 2] == 1:
                print("found a gap at", r, c + 1, "result so far", result)
                result[r][c + 1] = 2
    return result
