def transform(grid):
    mid = len(grid[0]) // 2
    return [[v if c == mid else 0 for c, v in enumerate(row)] for row in grid]
