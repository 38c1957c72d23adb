#: generation: 1
def transform(grid):
    h, w = len(grid), len(grid[0])
    colours = {}
    for r in range(h):
        for c in range(w):
            if grid[r][c]:
                colours[(r - c) % 3] = grid[r][c]
    return [[colours.get((r - c) % 3, 0) for c in range(w)] for r in range(h)]
