# ruff: noqa
"""Never ends, inside one call of C."""

import itertools


def transform(grid):
    return sum(itertools.repeat(0))
