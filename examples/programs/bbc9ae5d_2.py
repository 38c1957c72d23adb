def transform(grid):
    row = grid[0]
    out = []
    for k in range(len(row) // 2):
        # Shift the bar instead of growing it
        out.append([0] * k + row[:len(row) - k])
    return out
