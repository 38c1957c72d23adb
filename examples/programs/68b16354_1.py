import numpy as np

def transform(grid):
    return np.flipud(np.array(grid)).tolist()
