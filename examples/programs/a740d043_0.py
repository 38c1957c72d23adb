def transform(grid):
    cells = [(r, c) for r, row in enumerate(grid) for c, v in enumerate(row) if v != 1]
    top, bottom = min(r for r, c in cells), max(r for r, c in cells)
    left, right = min(c for r, c in cells), max(c for r, c in cells)
    return [[0 if grid[r][c] == 1 else grid[r][c] for c in range(left, right + 1)]
            for r in range(top, bottom + 1)]
