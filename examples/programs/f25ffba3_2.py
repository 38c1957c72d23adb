def transform(grid):
    h = len(grid)
    for r in range(h // 2):
        grid[r] = grid[h // 2 + r][:]
    return grid
