def transform(grid):
    # Symmetric from top to bottom?
    return [[1 if grid == grid[::-1] else 7]]
