def transform(grid):
    h, w = len(grid), len(grid[0])
    result = [row[:] for row in grid]
    next_colour = 1
    for r in range(h):
        for c in range(w):
            if result[r][c] == 5:
                for k in range(r, h):
                    result[k][c] = next_colour
                next_colour += 1
    return result
