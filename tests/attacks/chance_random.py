# ruff: noqa
"""Answers by chance."""

import random


def transform(grid):
    return [[random.randrange(10) for _ in range(20)]]
