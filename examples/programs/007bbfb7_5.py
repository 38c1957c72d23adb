#: generation: 1
def transform(grid):
    n = len(grid)
    out = [[0] * (n * n) for _ in range(n * n)]
    for i in range(n):
        for j in range(n):
            # Copy the pattern where the cell is empty
            if grid[i][j] == 0:
                for k in range(n):
                    for l in range(n):
                        out[i * n + k][j * n + l] = grid[k][l]
    return out
