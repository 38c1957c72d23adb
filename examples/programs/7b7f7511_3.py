#: generation: 1
#: grids of: 7b7f7511_0
#: why: raises on a training input
def transform(grid):
    n = len(grid)
    # Look for a left half that equals the right half
    left = [[grid[r][c] for c in range(n)] for r in range(n)]
    right = [[grid[r][n + c] for c in range(len(grid[0]) - n)] for r in range(n)]
    return left if left == right else [row[: len(row) // 2] for row in grid]
