#: generation: 1
#: grids of: 5582e5ca_2
#: why: nondeterministic
import random

def transform(grid):
    cells = [v for row in grid for v in row]
    colour = random.choice(cells)
    return [[colour] * len(grid[0]) for _ in grid]
