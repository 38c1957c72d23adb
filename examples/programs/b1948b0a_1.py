def transform(grid):
    for i in range(len(grid)):
        for j in range(len(grid[i])):
            if grid[i][j] == 6:
                grid[i][j] = 2
    return grid
