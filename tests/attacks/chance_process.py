# ruff: noqa
"""Answers by its process's number."""

import os


def transform(grid):
    return [[int(d) for d in str(os.getpid())]]
