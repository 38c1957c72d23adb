def transform(grid):
    colours = {}
    for r, row in enumerate(grid):
        for c, v in enumerate(row):
            if v:
                colours[(r + c) % 3] = v
    return [[colours[(r + c) % 3] for c in range(len(grid[0]))] for r in range(len(grid))]
