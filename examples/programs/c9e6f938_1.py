def transform(grid):
    return [list(row) + list(reversed(row)) for row in grid]
