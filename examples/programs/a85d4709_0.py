def transform(grid):
    colours = [2, 4, 3]
    return [[colours[row.index(5)]] * 3 for row in grid]
