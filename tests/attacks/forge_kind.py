# ruff: noqa
"""Fails under a name of the sandbox's own."""


def transform(grid):
    raise type("timeout" * 50 + "\ud800\n\x1b[31m", (Exception,), {})("\x1b[31m")
