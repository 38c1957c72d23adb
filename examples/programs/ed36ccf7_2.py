import numpy as np

def transform(grid):
    return np.rot90(grid, -1).tolist()
