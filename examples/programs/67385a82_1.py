import numpy as np
from scipy.ndimage import label

def transform(grid):
    a = np.array(grid)
    labels, n = label(a == 3)
    for i in range(1, n + 1):
        if (labels == i).sum() > 2:
            a[labels == i] = 8
    return a.tolist()
