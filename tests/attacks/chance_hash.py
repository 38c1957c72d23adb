# ruff: noqa
"""Answers by the order of a set of strings."""


def transform(grid):
    return [[ord(c) % 10 for c in {"alpha", "beta", "gamma", "delta", "epsilon"} for c in c][:30]]
