def transform(grid):
    n = len({v for row in grid for v in row if v})
    out = []
    for row in grid:
        wide = [v for v in row for _ in range(n)]
        out.extend([wide[:] for _ in range(n)])
    return out
