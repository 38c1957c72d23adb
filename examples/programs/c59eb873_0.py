def transform(grid):
    out = []
    for row in grid:
        wide = []
        for v in row:
            wide += [v, v]
        out.append(wide)
        out.append(wide[:])
    return out
