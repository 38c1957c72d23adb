# ruff: noqa
"""Looks for secrets in its environment."""

import os


def transform(grid):
    found = os.environ.get("SOAR2COT_TEST_SECRET", "")
    return [[int(d) for d in found]]
