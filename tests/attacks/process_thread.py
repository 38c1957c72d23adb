# ruff: noqa
"""Starts threads that go on after the answer."""

import threading


def transform(grid):
    for _ in range(50):
        threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start()
    return [[7, 7, 7]]
