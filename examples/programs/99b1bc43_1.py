import numpy as np

def transform(grid):
    g = np.array(grid)
    one = g[:4] == 1
    two = g[5:] == 2
    return ((one ^ two) * 3).tolist()
