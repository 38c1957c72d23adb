#: generation: 1
def transform(grid):
    h, w = len(grid), len(grid[0])
    out = [row[:] for row in grid]
    for r in range(h):
        for c in range(w):
            if grid[r][c] == 0:
                left = 3 in grid[r][:c]
                right = 3 in grid[r][c + 1:]
                up = any(grid[k][c] == 3 for k in range(r))
                down = any(grid[k][c] == 3 for k in range(r + 1, h))
                if left and right and up and down:
                    out[r][c] = 4
    return out
