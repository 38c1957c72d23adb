def transform(grid):
    h, w = len(grid), len(grid[0])
    row = next(r for r in range(h) if 2 in grid[r])
    col = next(c for c in range(w) if any(grid[r][c] == 8 for r in range(h)))
    out = [[0] * w for _ in range(h)]
    for c in range(w):
        out[row][c] = 2
    for r in range(h):
        out[r][col] = 8
    out[row][col] = 4
    return out
