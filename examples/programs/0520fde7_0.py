def transform(grid):
    result = []
    for row in grid:
        new_row = []
        for j in range(3):
            if row[j] == 1 and row[j + 4] == 1:
                new_row.append(2)
            else:
                new_row.append(0)
        result.append(new_row)
    return result
