def transform(grid):
    h, w = len(grid), len(grid[0])
    out = [row[:] for row in grid]
    seen = set()
    for r in range(h):
        for c in range(w):
            if grid[r][c] == 3 and (r, c) not in seen:
                stack, part = [(r, c)], []
                seen.add((r, c))
                while stack:
                    y, x = stack.pop()
                    part.append((y, x))
                    for ny, nx in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
                        if 0 <= ny < h and 0 <= nx < w and grid[ny][nx] == 3 and (ny, nx) not in seen:
                            seen.add((ny, nx))
                            stack.append((ny, nx))
                if len(part) >= 3:
                    for y, x in part:
                        out[y][x] = 8
    return out
