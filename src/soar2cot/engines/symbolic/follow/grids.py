"""When a value is a grid."""

# Values here are of any type by nature (what a method computes, what a syntax tree holds).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from soar2cot.challenge import MAX_SIDE, N_COLOURS
from soar2cot.records import Grid


def as_grid(value: Any) -> Grid | None:
    """The value as a grid of plain integers; None where it is none."""
    if _is_plain(value):
        return [row[:] for row in value]
    rows = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(rows, (list, tuple)) or not rows:
        return None
    grid: Grid = []
    for row in rows:
        cells = row.tolist() if isinstance(row, np.ndarray) else row
        if not isinstance(cells, (list, tuple)):
            return None
        line = _line(cells) if 1 <= len(cells) <= MAX_SIDE else None
        if line is None:
            return None
        grid.append(line)
    return grid if len(grid) <= MAX_SIDE and len({len(row) for row in grid}) == 1 else None


def _is_plain(value: Any) -> bool:
    """Whether it is a grid as it stands, as nearly all are: told at a fraction of the cost."""
    if value.__class__ is not list or set(map(type, value)) != {list} or not 1 <= len(value) <= MAX_SIDE:
        return False
    cells = list(chain.from_iterable(value))
    if set(map(type, cells)) != {int} or not 0 <= min(cells) <= max(cells) < N_COLOURS:
        return False
    return len({len(row) for row in value}) == 1 and len(value[0]) <= MAX_SIDE


def _line(cells: list[Any] | tuple[Any, ...]) -> list[int] | None:
    if set(map(type, cells)) == {int}:
        return list(cells) if min(cells) >= 0 and max(cells) < N_COLOURS else None
    line = [_colour(cell) for cell in cells]
    return None if None in line else [cell for cell in line if cell is not None]


def _colour(cell: Any) -> int | None:
    try:
        number = int(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number == cell and 0 <= number < N_COLOURS else None
