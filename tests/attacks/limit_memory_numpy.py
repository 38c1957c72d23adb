# ruff: noqa
"""Fills the memory with arrays."""

import numpy as np


def transform(grid):
    keep = []
    while True:
        keep.append(np.ones(10000000))
