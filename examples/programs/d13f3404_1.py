import numpy as np

def transform(grid):
    a = np.array(grid)
    h, w = a.shape
    out = np.zeros((2 * h, 2 * w), dtype=int)
    for k in range(2 * h):
        part = a[: 2 * h - k, : 2 * w - k]
        view = out[k:k + part.shape[0], k:k + part.shape[1]]
        view[part > 0] = part[part > 0]
    return out.tolist()
