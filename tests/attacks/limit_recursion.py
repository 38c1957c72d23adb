# ruff: noqa
"""Overflows the C stack."""

import sys


def transform(grid):
    sys.setrecursionlimit(10**9)

    def deeper(n):
        return deeper(n + 1) + 1

    return deeper(0)
