#: generation: 1
#: grids of: 1e0a9b12_0
#: why: never ends
def transform(grid):
    h, w = len(grid), len(grid[0])
    out = [row[:] for row in grid]
    moved = True
    while moved:
        moved = False
        for r in range(h - 1):
            for c in range(w):
                # Let the cell fall if there is nothing below it
                if out[r + 1][c] == 0:
                    out[r][c], out[r + 1][c] = 0, out[r][c]
                    moved = True
    return out
