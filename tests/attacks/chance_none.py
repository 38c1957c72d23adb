# ruff: noqa
"""Answers by the order of a set with None in it."""


def transform(grid):
    items = list({None, 3, 1, "a", (1, 2), object, len})
    return [[len(str(item)) % 10 for item in items]]
