# ruff: noqa
"""Tries to outlive its parent in a session of its own."""

import ctypes


def transform(grid):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(57)
    libc.setsid()
    while True:
        pass
