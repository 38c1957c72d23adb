# ruff: noqa
"""Answers by the system's entropy."""

import os


def transform(grid):
    return [[b % 10 for b in os.urandom(20)]]
