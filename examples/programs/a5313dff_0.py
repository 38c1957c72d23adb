def transform(grid):
    h, w = len(grid), len(grid[0])
    free = set()

    def spread(r, c):
        todo = [(r, c)]
        while todo:
            y, x = todo.pop()
            if 0 <= y < h and 0 <= x < w and grid[y][x] == 0 and (y, x) not in free:
                free.add((y, x))
                todo += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]

    for r in range(h):
        spread(r, 0)
        spread(r, w - 1)
    for c in range(w):
        spread(0, c)
        spread(h - 1, c)
    return [[1 if grid[r][c] == 0 and (r, c) not in free else grid[r][c] for c in range(w)] for r in range(h)]
