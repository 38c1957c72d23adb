# ruff: noqa
"""Returns a list that contains itself."""


def transform(grid):
    rows = []
    rows.append(rows)
    return rows
