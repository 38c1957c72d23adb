import numpy as np

def transform(grid):
    a = np.array(grid)
    return np.where((a[:6] == 2) | (a[7:] == 2), 3, 0).tolist()
