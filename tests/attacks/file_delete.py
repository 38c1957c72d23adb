# ruff: noqa
"""Deletes a file."""

import os


def transform(grid):
    os.unlink(DROP + "/keep")
    return [[7, 7, 7]]
