# ruff: noqa
"""Answers by the clock."""

import time


def transform(grid):
    n = time.time_ns() + time.perf_counter_ns()
    return [[int(d) for d in str(n)[-20:]]]
