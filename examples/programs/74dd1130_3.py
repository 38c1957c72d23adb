#: generation: 1
def transform(grid):
    n = len(grid)
    for i in range(n):
        for j in range(n):
            # Swaps every pair twice
            grid[i][j], grid[j][i] = grid[j][i], grid[i][j]
    return grid
