def transform(grid):
    return [[5 if v == 7 else v for v in row] for row in grid]
