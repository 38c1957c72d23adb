import numpy as np

def transform(grid):
    g = np.array(grid)
    g[g == 1] = 2
    if (g[:3] == g[3:]).all():
        return np.vstack([g, g[:3]]).tolist()
    return np.vstack([g, g[2:5]]).tolist()
