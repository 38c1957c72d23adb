def transform(grid):
    shifted = [[0] * len(grid[0])] + grid[:-1]
    return [[2 if v == 8 else v for v in row] for row in shifted]
