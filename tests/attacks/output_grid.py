# ruff: noqa
"""Returns a grid of a billion cells."""


def transform(grid):
    return [[0] * 1000] * 1000000
