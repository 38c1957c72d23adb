def transform(grid):
    out = []
    for row in grid:
        same = True
        for v in row:
            if v != row[0]:
                same = False
        colour = 5 if same else 0
        out.append([colour, colour, colour])
    return out
