def transform(grid):
    # Recolours, forgets to move
    return [[2 if v == 8 else 0 for v in row] for row in grid]
