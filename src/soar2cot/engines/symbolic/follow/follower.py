"""Follows a method on one grid: the text is read, what it says is run, with bounded steps and sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from soar2cot.challenge import MAX_SIDE, N_COLOURS, copy_grid
from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.follow.compiler import CannotFollowError
from soar2cot.engines.symbolic.follow.runtime import MAX_STEPS, Budget, OutOfBoundsError, namespace
from soar2cot.engines.symbolic.follow.statements import python_of
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.text import NotUnderstoodError, read_text
from soar2cot.records import Grid


@dataclass(frozen=True, slots=True)
class Following:
    """What following gave: a grid or an error, and the checkpoints where they were asked for."""

    grid: Grid | None
    error: str | None = None
    trail: tuple[Checkpoint, ...] = ()


def follow(text: str, grid: Grid, *, record: bool = False) -> Following:
    """Reads the text and runs it on a copy of the grid. Whatever goes wrong is an answer, never an exception."""
    try:
        code = _understood(text)
    except (NotUnderstoodError, CannotFollowError, SyntaxError, ValueError, RecursionError) as error:
        return Following(None, f"the text cannot be followed: {error}")
    return run(code, grid)


@lru_cache(maxsize=64)
def _understood(text: str) -> CodeType:
    return compiled(read_text(text))


def compiled(method: Node) -> CodeType:
    """The method, ready to run.

    Raises: CannotFollowError: it says something that cannot be done.
    """
    return compile(python_of(method)[0], "<method>", "exec")


def run(
    code: CodeType, grid: Grid, *, steps: int = MAX_STEPS, mark: Callable[[int], None] | None = None
) -> Following:
    """Runs a compiled method on a copy of the grid."""
    here = namespace(Budget(steps))
    if mark is not None:
        here["mark"] = mark
    exec(code, here)
    try:
        with np.errstate(all="ignore"):
            answer = here["method"](copy_grid(grid))
    except OutOfBoundsError as error:
        return Following(None, str(error))
    except Exception as error:  # noqa: BLE001 - whatever a text says may fail; that is the answer
        return Following(None, f"following failed: {type(error).__name__}: {str(error)[:200]}")
    given = as_grid(answer)
    return Following(given) if given is not None else Following(None, "the answer is no grid")


def as_grid(value: Any) -> Grid | None:
    """The value as a grid of plain integers; None where it is none."""
    rows = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(rows, (list, tuple)) or not rows:
        return None
    grid: Grid = []
    for row in rows:
        cells = row.tolist() if isinstance(row, np.ndarray) else row
        if not isinstance(cells, (list, tuple)):
            return None
        line = [_colour(cell) for cell in cells]
        if not 1 <= len(line) <= MAX_SIDE or any(cell is None for cell in line):
            return None
        grid.append([cell for cell in line if cell is not None])
    return grid if len(grid) <= MAX_SIDE and len({len(row) for row in grid}) == 1 else None


def _colour(cell: Any) -> int | None:
    try:
        number = int(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number == cell and 0 <= number < N_COLOURS else None
