# ruff: noqa
"""Answers by the address of an object."""


def transform(grid):
    return [[int(d) for d in str(id(object()))]]
