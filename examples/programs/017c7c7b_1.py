def transform(grid):
    # The first three rows come again at the end
    extended = grid + grid[:3]
    return [[2 * v for v in row] for row in extended]
