def transform(grid):
    top, bottom = grid[:3], grid[3:]
    return [[2 if a == 0 or b == 0 else 0 for a, b in zip(x, y)] for x, y in zip(top, bottom)]
