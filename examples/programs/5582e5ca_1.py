import numpy as np

def transform(grid):
    a = np.array(grid)
    return np.full(a.shape, np.bincount(a.ravel()).argmax()).tolist()
