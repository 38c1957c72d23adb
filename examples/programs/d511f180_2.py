import numpy as np

def transform(grid):
    a = np.array(grid)
    a[a == 5] = 8
    # By now every five is an eight
    a[a == 8] = 5
    return a.tolist()
