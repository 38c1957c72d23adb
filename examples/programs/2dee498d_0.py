def transform(grid):
    w = len(grid[0]) // 3
    return [row[:w] for row in grid]
