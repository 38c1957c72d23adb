# ruff: noqa
"""Never ends."""


def transform(grid):
    while True:
        pass
