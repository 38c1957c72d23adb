import numpy as np

def transform(grid):
    return np.tile(grid, (1, 2)).tolist()
