#: generation: 1
def transform(grid):
    last = grid.pop()
    grid.insert(0, [0 for _ in last])
    return grid
