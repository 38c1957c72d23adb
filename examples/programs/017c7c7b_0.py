def transform(grid):
    h = len(grid)
    period = next(p for p in range(1, h + 1)
                  if all(grid[r] == grid[r % p] for r in range(h)))
    return [[2 if v == 1 else v for v in grid[r % period]] for r in range(9)]
