def transform(grid):
    wide = [[row[0]] + row + [row[-1]] for row in grid]
    top = [0] + grid[0] + [0]
    bottom = [0] + grid[-1] + [0]
    return [top] + wide + [bottom]
