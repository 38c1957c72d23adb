def transform(grid):
    h, w = len(grid), len(grid[0])
    out = [[0] * w for _ in range(h)]
    colour = 0
    # Number the bars from left to right
    for c in range(w):
        if any(grid[r][c] == 5 for r in range(h)):
            colour += 1
            for r in range(h):
                if grid[r][c] == 5:
                    out[r][c] = colour
    return out
