def transform(grid):
    rows, cols = len(grid), len(grid[0])
    result = [row[:] for row in grid]
    for i in range(1, rows - 1):
        for j in range(1, cols - 1):
            # An empty cell between four green ones is a hole
            if grid[i][j] == 0:
                if grid[i-1][j] == 3 and grid[i+1][j] == 3 and grid[i][j-1] == 3 and grid[i][j+1] == 3:
                    result[i][j] = 4
    return result
