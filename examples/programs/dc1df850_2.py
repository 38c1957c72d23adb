import numpy as np

def transform(grid):
    a = np.array(grid)
    padded = np.pad(a, 1)
    # Every coloured cell gets a halo
    for r, c in np.argwhere(a > 0):
        block = padded[r:r + 3, c:c + 3]
        block[block == 0] = 1
    return padded[1:-1, 1:-1].tolist()
