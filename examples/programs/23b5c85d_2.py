from collections import Counter

def transform(grid):
    counts = Counter(v for row in grid for v in row if v)
    colour = max(counts, key=counts.get)
    cells = [(r, c) for r, row in enumerate(grid) for c, v in enumerate(row) if v == colour]
    rows = [r for r, _ in cells]
    cols = [c for _, c in cells]
    return [row[min(cols):max(cols) + 1] for row in grid[min(rows):max(rows) + 1]]
