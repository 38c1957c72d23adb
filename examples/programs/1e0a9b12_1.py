import numpy as np

def transform(grid):
    a = np.array(grid)
    for c in range(a.shape[1]):
        column = a[:, c]
        a[:, c] = np.concatenate([column[column == 0], column[column != 0]])
    return a.tolist()
