"""When a value is a grid."""

# Values here are of any type by nature (what a method computes, what a syntax tree holds).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from typing import Any

import numpy as np

from soar2cot.challenge import MAX_SIDE, N_COLOURS
from soar2cot.records import Grid

_LISTS = {list}
_COLOURS = bytes(range(N_COLOURS))


def as_grid(value: Any) -> Grid | None:
    """The value as a grid of plain integers; None where it is none."""
    rows = value.tolist() if isinstance(value, np.ndarray) else value
    plain = _plain(rows)
    if plain is not None:
        return plain
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


def _plain(value: Any) -> Grid | None:
    """A list of lists of whole numbers as a grid, as nearly all are: told at a fraction of the cost; else None."""
    if value.__class__ is not list or not 1 <= len(value) <= MAX_SIDE or set(map(type, value)) != _LISTS:
        return None
    try:
        lines = [bytes(row) for row in value]
    except (TypeError, ValueError):
        return None
    widths = set(map(len, lines))
    if len(widths) > 1 or not 1 <= len(lines[0]) <= MAX_SIDE or b"".join(lines).translate(None, _COLOURS):
        return None
    return [list(line) for line in lines]


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
