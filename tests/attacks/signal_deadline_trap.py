# ruff: noqa
"""Catches every exception, for ever."""


def transform(grid):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
