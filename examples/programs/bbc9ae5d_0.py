def transform(grid):
    row = grid[0]
    colour, n, width = row[0], sum(v != 0 for v in row), len(row)
    return [[colour if c < n + k else 0 for c in range(width)] for k in range(width // 2)]
