# ruff: noqa
"""Reads a secret file by os.open."""

import os


def transform(grid):
    fd = os.open(SECRET_FILE, os.O_RDONLY)
    return [[int(d) for d in os.read(fd, 100).decode().strip()]]
