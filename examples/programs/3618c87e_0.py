def transform(grid):
    h, w = len(grid), len(grid[0])
    out = [row[:] for row in grid]
    for c in range(w):
        for r in range(h):
            if grid[r][c] == 1:
                out[r][c] = 0
                out[h - 1][c] = 1
    return out
