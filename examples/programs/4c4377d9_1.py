def transform(grid):
    h = len(grid)
    out = []
    for r in range(2 * h):
        source = h - 1 - r if r < h else r - h
        out.append([v for v in grid[source]])
    return out
