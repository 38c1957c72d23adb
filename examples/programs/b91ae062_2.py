def transform(grid):
    k = 2
    return [[v for v in row for _ in range(k)] for row in grid for _ in range(k)]
