def transform(grid):
    out = [list(row) for row in grid]
    for r in range(len(grid)):
        walls = [c for c, v in enumerate(grid[r]) if v == 2]
        if walls:
            # Paint between the first and the last wall of the row
            for c in range(walls[0], walls[-1]):
                if out[r][c] == 0:
                    out[r][c] = 1
    return out
