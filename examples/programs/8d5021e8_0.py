def transform(grid):
    wide = [row[::-1] + row for row in grid]
    return wide[::-1] + wide + wide[::-1]
