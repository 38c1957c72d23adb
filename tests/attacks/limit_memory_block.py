# ruff: noqa
"""Asks for one huge block."""


def transform(grid):
    block = bytearray(64 << 30)
    return [[7, 7, 7]]
