import numpy as np

def transform(grid):
    a = np.array(grid)
    return [a[a != 0].tolist()]
