# ruff: noqa
"""Computes a number that fills the memory."""


def transform(grid):
    return [[(9**9**9) % 10]]
