#: generation: 1
def transform(grid):
    colour = max(max(row) for row in grid)
    n = sum(v != 0 for row in grid for v in row)
    return [[colour] for _ in range(n)]
