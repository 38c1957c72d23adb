import numpy as np
from scipy.ndimage import label

def transform(grid):
    a = np.array(grid)
    regions, n = label(a == 0)
    border = set(regions[0]) | set(regions[-1]) | set(regions[:, 0]) | set(regions[:, -1])
    for k in range(1, n + 1):
        if k not in border:
            a[regions == k] = 1
    return a.tolist()
