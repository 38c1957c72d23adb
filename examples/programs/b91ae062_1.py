import numpy as np

def transform(grid):
    a = np.array(grid)
    n = len(np.unique(a[a != 0]))
    return np.kron(a, np.ones((n, n), dtype=int)).tolist()
