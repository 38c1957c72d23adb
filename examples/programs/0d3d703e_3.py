#: generation: 1
import numpy as np

def transform(grid):
    table = np.array([0, 5, 6, 4, 3, 1, 2, 7, 9, 8])
    return [list(row) for row in table[np.array(grid)]]
