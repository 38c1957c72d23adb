# ruff: noqa
"""Writes a file by numpy."""

import numpy as np


def transform(grid):
    np.save(DROP + "/owned.npy", np.zeros(3))
    return [[7, 7, 7]]
