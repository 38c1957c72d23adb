"""Grids that a model will be judged on must not be in what it learns from, turned or recoloured either.

A grid's canonical form is the least of its eight turns and mirrorings, each with its colours renamed in order of
appearance. A record is contaminated where one of its pairs is a pair of a held-out task, or one of its grids is a
held-out grid; grids too small or too plain to be recognised count only as part of a pair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

from soar2cot.export.canonical import Task
from soar2cot.records import Grid

MIN_CELLS = 36
MIN_COLOUR_CHANGES = 18
MIN_COLOURS = 3


def held_out_hashes(tasks: Mapping[str, Task]) -> frozenset[bytes]:
    """The hashes of all pairs and all telling grids of the tasks, their solutions included."""
    pairs = [(pair.input, pair.output) for task in tasks.values() for pair in (*task.train, *task.test)]
    return frozenset(_hashes(pairs))


def is_contaminated(record: Mapping[str, Any], held_out: frozenset[bytes]) -> bool:
    """Whether a canonical record holds a pair or a telling grid of a held-out task."""
    pairs = [(pair["input"], pair["output"]) for pair in (*record["train"], *record["test"])]
    return not held_out.isdisjoint(_hashes(pairs))


def canonical_hash(*grids: Grid) -> bytes:
    """The same for grids that differ by one turn, mirroring and renaming of colours, applied to all of them."""
    return _canonical_hash(tuple(tuple(map(bytes, grid)) for grid in grids))


_Rows: TypeAlias = tuple[bytes, ...]


@lru_cache(maxsize=65_536)  # inputs, and the outputs of right programs, come again with every record of a task
def _canonical_hash(grids: tuple[_Rows, ...]) -> bytes:
    return hashlib.sha256(min(_forms(grids))).digest()[:16]


def _forms(grids: tuple[_Rows, ...]) -> Iterable[bytes]:
    for _ in range(4):
        yield _renamed(grids)
        yield _renamed(tuple(tuple(row[::-1] for row in grid) for grid in grids))
        grids = tuple(tuple(map(bytes, zip(*grid[::-1], strict=True))) for grid in grids)


def _renamed(grids: tuple[_Rows, ...]) -> bytes:
    """Sizes, then cells with each colour replaced by its place in the order of appearance."""
    sizes = bytes(side for grid in grids for side in (len(grid), len(grid[0])))
    cells = b"".join(b"".join(grid) for grid in grids)
    seen = bytes(dict.fromkeys(cells))
    return sizes + cells.translate(bytes.maketrans(seen, bytes(range(len(seen)))))


def _hashes(pairs: Iterable[tuple[Grid, Grid]]) -> Iterable[bytes]:
    for source, target in pairs:
        yield b"pair" + canonical_hash(source, target)
        for grid in (source, target):
            if _is_telling(grid):
                yield canonical_hash(grid)


def _is_telling(grid: Grid) -> bool:
    """Big and varied enough that meeting it twice is no accident."""
    across = sum(a != b for row in grid for a, b in pairwise(row))
    down = sum(a != b for row, below in pairwise(grid) for a, b in zip(row, below, strict=True))
    colours = {cell for row in grid for cell in row}
    big = len(grid) * len(grid[0]) >= MIN_CELLS
    return big and len(colours) >= MIN_COLOURS and across + down >= MIN_COLOUR_CHANGES
