import numpy as np

def transform(grid):
    a = np.array(grid)
    return np.where(a == 7, 5, a).tolist()
