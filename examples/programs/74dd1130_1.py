def transform(grid):
    rows = len(grid)
    cols = len(grid[0])
    output = [[0 for _ in range(rows)] for _ in range(cols)]
    for i in range(rows):
        for j in range(cols):
            output[j][i] = grid[i][j]
    return output
