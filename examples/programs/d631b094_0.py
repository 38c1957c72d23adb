def transform(grid):
    return [[v for row in grid for v in row if v != 0]]
