def transform(grid):
    result = []
    for row in grid:
        if row[0] == 5:
            result.append([2, 2, 2])
        elif row[1] == 5:
            result.append([4, 4, 4])
        else:
            result.append([3, 3, 3])
    return result
