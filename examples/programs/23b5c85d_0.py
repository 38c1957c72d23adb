from collections import Counter

def transform(grid):
    counts = Counter(v for row in grid for v in row if v)
    colour = min(counts, key=counts.get)
    cells = [(r, c) for r, row in enumerate(grid) for c, v in enumerate(row) if v == colour]
    height = max(r for r, _ in cells) - min(r for r, _ in cells) + 1
    width = max(c for _, c in cells) - min(c for _, c in cells) + 1
    return [[colour] * width for _ in range(height)]
