def transform(grid):
    return [[0 if v == 5 else v for v in row] for row in grid]
