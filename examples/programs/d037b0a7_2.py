def transform(grid):
    # Fills upwards
    for r in range(len(grid) - 2, -1, -1):
        for c in range(len(grid[0])):
            grid[r][c] = grid[r][c] or grid[r + 1][c]
    return grid
