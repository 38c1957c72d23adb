import numpy as np

def transform(grid):
    return np.fliplr(np.array(grid)).tolist()
