#: generation: 1
def transform(grid):
    flipped = list(zip(*grid))
    fallen = [sorted(col, key=bool, reverse=True) for col in flipped]
    return [list(row) for row in zip(*fallen)]
