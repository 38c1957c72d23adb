import numpy as np

def transform(grid):
    a = np.array(grid)
    ys, xs = np.nonzero(a != 1)
    return a[ys.min():ys.max() + 1, xs.min():xs.max() + 1].tolist()
