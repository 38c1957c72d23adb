import numpy as np

def transform(grid):
    return np.rot90(np.array(grid), 2).tolist()
