def transform(grid):
    h, w = len(grid), len(grid[0])
    return [[max(grid[r][c], grid[h - 1 - r][c]) for c in range(w)] for r in range(h)]
