def transform(grid):
    pairs = [(1, 5), (2, 6), (3, 4), (8, 9)]
    out = [row[:] for row in grid]
    for r in range(len(grid)):
        for c in range(len(grid[0])):
            for a, b in pairs:
                if grid[r][c] == a:
                    out[r][c] = b
                elif grid[r][c] == b:
                    out[r][c] = a
    return out
