def transform(grid):
    # Mark cells that equal their left neighbour
    return [[5 if v == row[0] else 0 for v in row] for row in grid]
