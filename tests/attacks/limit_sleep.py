# ruff: noqa
"""Waits for ever without using the processor."""

import ctypes


def transform(grid):
    libc = ctypes.CDLL(None)
    libc.pause()
    return [[7, 7, 7]]
