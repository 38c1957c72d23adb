def transform(grid):
    # Mirror below instead of above
    return grid + grid[::-1]
