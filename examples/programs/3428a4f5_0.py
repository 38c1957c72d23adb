def transform(grid):
    sep = next(i for i, row in enumerate(grid) if set(row) == {4})
    top, bottom = grid[:sep], grid[sep + 1:]
    return [[3 if (a == 2) != (b == 2) else 0 for a, b in zip(x, y)] for x, y in zip(top, bottom)]
