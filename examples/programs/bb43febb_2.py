def transform(grid):
    h, w = len(grid), len(grid[0])
    out = [row[:] for row in grid]
    for r in range(h):
        for c in range(1, w - 1):
            # Inside means that the left and right neighbours are grey too
            if grid[r][c - 1] == grid[r][c] == grid[r][c + 1] == 5:
                out[r][c] = 2
    return out
