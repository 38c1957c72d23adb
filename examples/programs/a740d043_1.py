import numpy as np

def transform(grid):
    a = np.array(grid)
    rows, cols = np.nonzero(a != 1)
    crop = a[rows.min():rows.max() + 1, cols.min():cols.max() + 1]
    return np.where(crop == 1, 0, crop).tolist()
