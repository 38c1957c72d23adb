import numpy as np

def transform(grid):
    a = np.array(grid)
    return np.hstack([np.fliplr(a), a]).tolist()
