# ruff: noqa
"""Overflows the compiler."""


def transform(grid):
    eval("(" * 100000 + ")" * 100000)
    return [[7, 7, 7]]
