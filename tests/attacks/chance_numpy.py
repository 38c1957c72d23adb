# ruff: noqa
"""Answers by numpy's generators."""

import numpy as np


def transform(grid):
    return [
        [int(n) for n in np.random.default_rng().integers(0, 10, 10)] + [int(n) for n in np.random.randint(0, 10, 10)]
    ]
