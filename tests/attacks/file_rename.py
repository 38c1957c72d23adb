# ruff: noqa
"""Renames a file."""

import os


def transform(grid):
    os.rename(DROP + "/keep", DROP + "/lost")
    return [[7, 7, 7]]
