def transform(grid):
    columns = []
    for col in zip(*grid):
        last, filled = 0, []
        for v in col:
            last = v or last
            filled.append(last)
        columns.append(filled)
    return [list(row) for row in zip(*columns)]
