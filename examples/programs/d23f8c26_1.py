import numpy as np

def transform(grid):
    a = np.array(grid)
    out = np.zeros_like(a)
    m = a.shape[1] // 2
    out[:, m] = a[:, m]
    return out.tolist()
