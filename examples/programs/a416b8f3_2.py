def transform(grid):
    return grid + grid
