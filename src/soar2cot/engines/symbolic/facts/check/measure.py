"""Grid measures in plain Python, for the checker alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeAlias

from soar2cot.records import Grid

Cell: TypeAlias = "tuple[int, int]"
Pairs: TypeAlias = "list[tuple[Grid, Grid]]"

BESIDE = ((-1, 0), (1, 0), (0, -1), (0, 1))
AROUND = (*BESIDE, (-1, -1), (-1, 1), (1, -1), (1, 1))


def size(grid: Grid) -> Cell:
    """(rows, columns)."""
    return len(grid), len(grid[0])


def tally(grid: Grid) -> dict[int, int]:
    """Colour → number of its cells, present colours only."""
    return Counter(chain.from_iterable(grid))


def palette(grid: Grid) -> set[int]:
    """The colours that occur."""
    return {colour for row in grid for colour in set(row)}


def cells_of(grid: Grid, test: Callable[[int], bool]) -> set[Cell]:
    """The places whose colour passes the test."""
    return {(r, c) for r, row in enumerate(grid) for c, colour in enumerate(row) if test(colour)}


def other(grid: Grid, background: int) -> set[Cell]:
    """The places that are not of the background colour."""
    return {(r, c) for r, row in enumerate(grid) for c, colour in enumerate(row) if colour != background}


def differing(before: Grid, after: Grid) -> list[tuple[int, int, int, int]]:
    """(row, column, old, new) of each changed cell. Raises: ValueError: the sizes differ."""
    if size(before) != size(after):
        raise ValueError("grids of different sizes")
    return [
        (r, c, old, new)
        for r in range(len(before))
        if before[r] != after[r]
        for c, (old, new) in enumerate(zip(before[r], after[r], strict=True))
        if old != new
    ]


def pieces(cells: Iterable[Cell], steps: tuple[Cell, ...]) -> list[set[Cell]]:
    """The connected pieces of a set of places; `steps` says which places are neighbours."""
    left, found = set(cells), list[set[Cell]]()
    while left:
        edge = [left.pop()]
        piece = set(edge)
        while edge:
            r, c = edge.pop()
            near = [(r + dr, c + dc) for dr, dc in steps if (r + dr, c + dc) in left]
            left.difference_update(near)
            piece.update(near)
            edge.extend(near)
        found.append(piece)
    return found


def figures(grid: Grid, joined: str, background: int) -> list[set[Cell]]:
    """The connected pieces of one colour each, besides the background."""
    steps = {"4": BESIDE, "8": AROUND}[joined]
    by_colour: dict[int, set[Cell]] = {}
    for r, row in enumerate(grid):
        for c, colour in enumerate(row):
            if colour != background:
                by_colour.setdefault(colour, set()).add((r, c))
    return [piece for cells in by_colour.values() for piece in pieces(cells, steps)]


def frame(cells: Iterable[Cell]) -> tuple[int, int, int, int]:
    """(first row, first column, last row, last column), all included. Raises: ValueError: no cells."""
    places = list(cells)
    rows, columns = [r for r, _ in places], [c for _, c in places]
    return min(rows), min(columns), max(rows), max(columns)


def cut(grid: Grid, box: tuple[int, int, int, int]) -> Grid:
    """The rectangle, ends included."""
    top, left, bottom, right = box
    return [row[left : right + 1] for row in grid[top : bottom + 1]]


def columns_of(grid: Grid) -> Grid:
    """The grid with its columns as rows."""
    return [list(column) for column in zip(*grid, strict=True)]
