#: generation: 1
def transform(grid):
    # Clockwise quarter turn
    return [list(row) for row in zip(*grid[::-1])]
