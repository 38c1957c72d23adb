# ruff: noqa
"""Becomes another program."""

import os


def transform(grid):
    os.execv("/bin/sh", ["sh", "-c", f"echo owned > {DROP}/owned"])
