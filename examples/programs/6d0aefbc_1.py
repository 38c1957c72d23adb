import numpy as np

def transform(grid):
    a = np.array(grid)
    return np.concatenate([a, a[:, ::-1]], axis=1).tolist()
