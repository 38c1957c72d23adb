def transform(grid):
    n = len(grid)
    out = [[0] * (2 * n) for _ in range(2 * n)]
    for r in range(n):
        for c in range(n):
            if grid[r][c]:
                k = 0
                while r + k < 2 * n and c + k < 2 * n:
                    out[r + k][c + k] = grid[r][c]
                    k += 1
    return out
