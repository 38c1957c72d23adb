def transform(grid):
    return [[5] * len(row) if len(set(row)) == 1 else [0] * len(row) for row in grid]
