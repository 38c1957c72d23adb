# ruff: noqa
"""Fills the memory with lists."""


def transform(grid):
    keep = []
    while True:
        keep.append([0] * 1000000)
