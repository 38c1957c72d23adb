#: generation: 1
def transform(grid):
    return [[1 if a and b else 0 for a, b in zip(row[:3], row[4:])] for row in grid]
