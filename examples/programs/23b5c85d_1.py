import numpy as np

def transform(grid):
    g = np.array(grid)
    colours, counts = np.unique(g[g > 0], return_counts=True)
    colour = colours[counts.argmin()]
    rows, cols = np.where(g == colour)
    return g[rows.min():rows.max() + 1, cols.min():cols.max() + 1].tolist()
