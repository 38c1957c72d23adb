# ruff: noqa
"""Waits for ever on a lock."""

import threading


def transform(grid):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
    return [[7, 7, 7]]
