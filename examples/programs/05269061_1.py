def transform(grid):
    seen = []
    for row in grid:
        for v in row:
            if v != 0 and v not in seen:
                seen.append(v)
    n = len(seen)
    # Repeat the colours along the diagonals in the order in which they appear
    return [[seen[(r + c) % n] for c in range(len(grid[0]))] for r in range(len(grid))]
