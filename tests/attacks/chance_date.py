# ruff: noqa
"""Answers by the date."""

import datetime


def transform(grid):
    return [[int(d) for d in datetime.datetime.now().strftime("%H%M%S%f")]]
