def transform(grid):
    result = []
    for row in grid:
        result.append(list(row))
    for i in range(len(grid) - 1, -1, -1):
        result.append(list(grid[i]))
    return result
