# ruff: noqa
"""Answers by a generator of its own."""

import random


def transform(grid):
    return [[random.Random().randrange(10) for _ in range(20)]]
