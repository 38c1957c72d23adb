import numpy as np

def transform(grid):
    a = np.array(grid)
    out = np.zeros_like(a)
    out[1:] = a[:-1]
    out[out == 8] = 2
    return out.tolist()
