# ruff: noqa
"""Never ends, inside the regex engine."""

import re


def transform(grid):
    re.match(r"(a+)+$", "a" * 60 + "b")
    return [[7, 7, 7]]
