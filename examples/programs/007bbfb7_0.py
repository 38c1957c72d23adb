def transform(grid):
    n = len(grid)
    result = [[0] * (n * n) for _ in range(n * n)]
    for i in range(n):
        for j in range(n):
            if grid[i][j] != 0:
                for k in range(n):
                    for l in range(n):
                        result[i * n + k][j * n + l] = grid[k][l]
    return result
