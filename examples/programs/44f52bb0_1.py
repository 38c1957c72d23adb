import numpy as np

def transform(grid):
    a = np.array(grid)
    if np.array_equal(a, np.fliplr(a)):
        return [[1]]
    return [[7]]
