def transform(grid):
    best = max(max(row) for row in grid)
    return [[best for _ in row] for row in grid]
