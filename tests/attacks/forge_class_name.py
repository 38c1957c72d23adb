# ruff: noqa
"""Claims by its class name to be an array."""


def transform(grid):
    class ndarray:
        ndim, size = 2, 3

        def tolist(self):
            return [[700, -3, 7]]

    return ndarray()
