def transform(grid):
    h, w = len(grid), len(grid[0])
    out = [row[:] for row in grid]
    for r in range(1, h - 1):
        for c in range(w):
            if grid[r - 1][c] == 1 and grid[r + 1][c] == 1:
                out[r][c] = 2
    return out
