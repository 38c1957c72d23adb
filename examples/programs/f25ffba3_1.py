def transform(grid):
    half = len(grid) // 2
    return grid[half:][::-1] + grid[half:]
