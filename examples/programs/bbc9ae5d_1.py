def transform(grid):
    rows = [grid[0][:]]
    while len(rows) < len(grid[0]) // 2:
        new = rows[-1][:]
        new[new.index(0)] = new[0]
        rows.append(new)
    return rows
