import numpy as np

def transform(grid):
    g = np.array(grid)
    out = g.copy()
    rows, cols = np.indices(g.shape)
    for k in range(3):
        on = (rows + cols) % 3 == k
        out[on] = g[on].max()
    return out.tolist()
