def transform(grid):
    for row in grid:
        row.reverse()
    return grid
