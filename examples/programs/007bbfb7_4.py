#: generation: 1
def transform(grid):
    h, w = len(grid), len(grid[0])

    def cell(r, c):
        return grid[r % h][c % w] if grid[r // h][c // w] else 0

    return [[cell(r, c) for c in range(w * w)] for r in range(h * h)]
