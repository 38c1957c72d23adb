# ruff: noqa
"""Answers by the module made for it."""

import random


def transform(grid):
    return [[random.SystemRandom().randrange(10) for _ in range(20)]]
