"""Cells joined to cells: the reference operations of `connected`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Cell: TypeAlias = tuple[int, int]
Steps: TypeAlias = tuple[Cell, ...]
Test: TypeAlias = Callable[[Any], bool]

SIDES: Steps = ((-1, 0), (1, 0), (0, -1), (0, 1))
ALL: Steps = (*SIDES, (-1, -1), (-1, 1), (1, -1), (1, 1))


def _same(colour: Any) -> Test:
    def test(value: Any) -> bool:
        return bool(value == colour)

    return test


def _other(colour: Any) -> Test:
    def test(value: Any) -> bool:
        return bool(value != colour)

    return test


def _reached(start: Cell, grid: Any, test: Test, steps: Steps) -> list[Cell]:
    """The cells to which steps lead from `start` through cells that pass, in reading order; none if it does not."""
    height, width = len(grid), len(grid[0])
    seen: set[Cell] = set()
    waiting = [(int(start[0]), int(start[1]))]
    while waiting:
        row, column = waiting.pop()
        inside = 0 <= row < height and 0 <= column < width
        if inside and (row, column) not in seen and test(grid[row][column]):
            seen.add((row, column))
            waiting += [(row + down, column + right) for down, right in steps]
    return sorted(seen)


def connected(start: Cell, grid: Any, *, steps: Steps) -> list[Cell]:
    """The cells of the colour of `start` that are joined to it, in reading order."""
    return _reached(start, grid, _same(grid[start[0]][start[1]]), steps)


def connected_in(start: Cell, grid: Any, colour: Any, *, steps: Steps) -> list[Cell]:
    """The cells of `colour` that are joined to `start`, in reading order; none where it has another colour."""
    return _reached(start, grid, _same(colour), steps)


def connected_but(start: Cell, grid: Any, colour: Any, *, steps: Steps) -> list[Cell]:
    """The cells of all colours but `colour` that are joined to `start`, in reading order; none where it has that."""
    return _reached(start, grid, _other(colour), steps)


def _groups(grid: Any, test: Test | None, steps: Steps, *, mixed: bool) -> list[list[Cell]]:
    """Groups of joined cells that pass, by their first cell in reading order; `mixed`: not of one colour each."""
    found: list[list[Cell]] = []
    seen: set[Cell] = set()
    for row in range(len(grid)):
        for column in range(len(grid[0])):
            value = grid[row][column]
            if (row, column) in seen or (test is not None and not test(value)):
                continue
            group = _reached((row, column), grid, test if test is not None and mixed else _same(value), steps)
            seen.update(group)
            found.append(group)
    return found


def shapes(grid: Any, *, steps: Steps) -> list[list[Cell]]:
    """Groups of joined cells of one colour."""
    return _groups(grid, None, steps, mixed=False)


def shapes_in(grid: Any, colour: Any, *, steps: Steps) -> list[list[Cell]]:
    """Groups of joined cells of this colour."""
    return _groups(grid, _same(colour), steps, mixed=False)


def shapes_but(grid: Any, colour: Any, *, steps: Steps) -> list[list[Cell]]:
    """Groups of joined cells of one colour each, that colour left out."""
    return _groups(grid, _other(colour), steps, mixed=False)


def objects(grid: Any, colour: Any, *, steps: Steps) -> list[list[Cell]]:
    """Groups of joined cells of any colours but this one."""
    return _groups(grid, _other(colour), steps, mixed=True)
