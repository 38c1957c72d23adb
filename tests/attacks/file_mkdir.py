# ruff: noqa
"""Makes a folder."""

import os


def transform(grid):
    os.mkdir(DROP + "/folder")
    return [[7, 7, 7]]
