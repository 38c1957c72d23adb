import numpy as np

def transform(grid):
    a = np.array(grid)
    r = np.where(a == 2)[0][0]
    c = np.where(a == 8)[1][0]
    a[r, :] = 2
    a[:, c] = 8
    a[r, c] = 4
    return a.tolist()
