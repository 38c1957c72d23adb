def transform(grid):
    h, w = len(grid), len(grid[0])
    heights = {c: sum(grid[r][c] == 5 for r in range(h)) for c in range(w)}
    bars = sorted((c for c in heights if heights[c]), key=lambda c: -heights[c])
    colour = {c: i + 1 for i, c in enumerate(bars)}
    return [[colour[c] if grid[r][c] == 5 else 0 for c in range(w)] for r in range(h)]
