def transform(grid):
    result = []
    for row in grid:
        values = [v for v in row if v != 0]
        # Push everything to the right
        result.append([0] * (len(row) - len(values)) + values)
    return result
