def transform(grid):
    top, bottom = grid[:4], grid[5:]
    out = []
    for a, b in zip(top, bottom):
        out.append([3 if bool(x) ^ bool(y) else 0 for x, y in zip(a, b)])
    return out
