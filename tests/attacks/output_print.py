# ruff: noqa
"""Prints without end."""


def transform(grid):
    while True:
        print("x" * 100000)
