# ruff: noqa
"""Leaves trace and profile functions behind."""

import sys


def transform(grid):
    sys.settrace(lambda *a: 1 / 0)
    sys.setprofile(lambda *a: 1 / 0)
    return grid
