def transform(grid):
    # Forgets that the mapping works both ways
    mapping = {1: 5, 2: 6, 3: 4, 8: 9}
    return [[mapping.get(v, v) for v in row] for row in grid]
