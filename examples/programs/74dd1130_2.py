import numpy as np

def transform(grid):
    # Turn a quarter
    return np.rot90(np.array(grid), 1).tolist()
