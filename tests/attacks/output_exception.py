# ruff: noqa
"""Raises an exception whose text fills the memory."""


def transform(grid):
    raise ValueError("x" * (1 << 28))
