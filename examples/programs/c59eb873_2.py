import numpy as np

def transform(grid):
    return np.tile(np.array(grid), (2, 2)).tolist()
