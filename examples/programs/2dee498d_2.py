def transform(grid):
    # Keep as many columns as there are rows
    n = len(grid)
    return [row[n:2 * n] if n % 2 else row[:n] for row in grid]
