import numpy as np
from scipy import ndimage

def transform(grid):
    a = np.array(grid)
    labels, n = ndimage.label(a == 2)
    sizes = ndimage.sum(a == 2, labels, range(1, n + 1))
    for i, size in enumerate(sizes, start=1):
        if size == 1:
            a[labels == i] = 1
    return a.tolist()
