# ruff: noqa
"""Starts a command."""

import os


def transform(grid):
    os.posix_spawn("/bin/true", ["true"], {})
    return [[7, 7, 7]]
