def transform(grid):
    out = [row[:] for row in grid]
    for r in range(len(grid)):
        for c in range(1, len(grid[0]) - 1):
            if grid[r][c - 1] == 1 and grid[r][c] == 0 and grid[r][c + 1] == 1:
                out[r][c] = 2
    return out
