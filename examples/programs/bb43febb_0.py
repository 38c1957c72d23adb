def transform(grid):
    h, w = len(grid), len(grid[0])
    out = [row[:] for row in grid]
    for r in range(1, h - 1):
        for c in range(1, w - 1):
            if all(grid[r + dr][c + dc] == 5 for dr in (-1, 0, 1) for dc in (-1, 0, 1)):
                out[r][c] = 2
    return out
