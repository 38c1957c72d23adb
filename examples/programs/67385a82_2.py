def transform(grid):
    h, w = len(grid), len(grid[0])
    out = [row[:] for row in grid]
    for r in range(h):
        for c in range(w):
            if grid[r][c] == 3:
                around = [(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)]
                if any(0 <= y < h and 0 <= x < w and grid[y][x] == 3 for y, x in around):
                    out[r][c] = 8
    return out
