def transform(grid):
    h, w = len(grid), len(grid[0])

    def lonely(r, c):
        around = [(r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)]
        return not any(0 <= y < h and 0 <= x < w and grid[y][x] == 2 for y, x in around)

    return [[1 if grid[r][c] == 2 and lonely(r, c) else grid[r][c] for c in range(w)] for r in range(h)]
