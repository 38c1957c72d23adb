def transform(grid):
    h, w = len(grid), len(grid[0])
    columns = []
    for c in range(w):
        values = [grid[r][c] for r in range(h) if grid[r][c] != 0]
        columns.append([0] * (h - len(values)) + values)
    return [[columns[c][r] for c in range(w)] for r in range(h)]
