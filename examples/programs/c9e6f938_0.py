def transform(grid):
    h, w = len(grid), len(grid[0])
    out = [[0] * (2 * w) for _ in range(h)]
    for r in range(h):
        for c in range(w):
            out[r][c] = grid[r][c]
            out[r][2 * w - 1 - c] = grid[r][c]
    return out
