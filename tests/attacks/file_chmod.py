# ruff: noqa
"""Changes a file's mode."""

import os


def transform(grid):
    os.chmod(DROP + "/keep", 0o000)
    return [[7, 7, 7]]
