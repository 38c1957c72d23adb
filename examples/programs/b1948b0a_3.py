#: generation: 1
import numpy as np

def transform(grid):
    g = np.array(grid)
    g[g != 7] = 2
    return g.tolist()
