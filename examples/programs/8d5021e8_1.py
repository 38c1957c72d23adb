import numpy as np

def transform(grid):
    a = np.array(grid)
    row = np.hstack([np.fliplr(a), a])
    return np.vstack([np.flipud(row), row, np.flipud(row)]).tolist()
