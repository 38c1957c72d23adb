import numpy as np

def transform(grid):
    a = np.array(grid)
    fives, eights = a == 5, a == 8
    a[fives], a[eights] = 8, 5
    return a.tolist()
