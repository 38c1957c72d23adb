"""Checks of claims about shapes and objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from soar2cot.engines.symbolic.facts.check.measure import (
    AROUND,
    Cell,
    Pairs,
    cells_of,
    differing,
    figures,
    frame,
    other,
    palette,
    pieces,
    tally,
)
from soar2cot.records import Grid

Fate: TypeAlias = "tuple[set[Cell], int, int]"


def _shape_count(pairs: Pairs, joined: str, background: int, n: int) -> bool:
    return all(len(figures(a, joined, background)) == n for a, _ in pairs)


def _same_shape_count(pairs: Pairs, joined: str, background: int) -> bool:
    return all(len(figures(a, joined, background)) == len(figures(b, joined, background)) for a, b in pairs)


def _output_shape_count(pairs: Pairs, joined: str, background: int, n: int) -> bool:
    return all(len(figures(b, joined, background)) == n for _, b in pairs)


def _both_shape_count(pairs: Pairs, joined: str, background: int, n: int) -> bool:
    return _shape_count(pairs, joined, background, n) and _output_shape_count(pairs, joined, background, n)


def _object_count(pairs: Pairs, background: int, n: int) -> bool:
    return all(len(pieces(other(a, background), AROUND)) == n for a, _ in pairs)


def _fates(a: Grid, b: Grid, joined: str, background: int) -> list[Fate]:
    """Each shape of the input with its colour and its one colour in the output.

    Raises: ValueError: a shape gets several colours, or a cell outside the shapes changes.
    """
    found: list[Fate] = []
    inside: set[Cell] = set()
    for piece in figures(a, joined, background):
        (target,) = {b[r][c] for r, c in piece}
        r, c = next(iter(piece))
        found.append((piece, a[r][c], target))
        inside |= piece
    if any((r, c) not in inside for r, c, _, _ in differing(a, b)):
        raise ValueError("a cell outside the shapes changes")
    return found


def _shapes_recoloured(pairs: Pairs, joined: str, background: int) -> bool:
    return all(target != background for a, b in pairs for _, _, target in _fates(a, b, joined, background))


def _rank_becomes(pairs: Pairs, joined: str, background: int, rank: str, colour: int) -> bool:
    return all(_exactly_ranked(_fates(a, b, joined, background), rank, colour) for a, b in pairs)


def _exactly_ranked(fates: list[Fate], rank: str, colour: int) -> bool:
    sizes = [len(piece) for piece, _, _ in fates]
    wanted = max(sizes) if rank == "most" else min(sizes)
    return all((target == colour) == (len(piece) == wanted) for piece, _, target in fates) and len(set(sizes)) > 1


def _removed_only(pairs: Pairs, joined: str, background: int) -> bool:
    fates = [fate for a, b in pairs for fate in _fates(a, b, joined, background)]
    stay = all(target in (colour, background) for _, colour, target in fates)
    return stay and any(target == background for _, _, target in fates)


def _small_vanish(pairs: Pairs, joined: str, background: int, n: int) -> bool:
    fates = [fate for a, b in pairs for fate in _fates(a, b, joined, background)]
    gone = [len(piece) for piece, _, target in fates if target == background]
    left = [len(piece) for piece, colour, target in fates if target == colour]
    return len(gone) + len(left) == len(fates) and bool(left) and max(gone) == n < min(left)


def _size_decides(pairs: Pairs, joined: str, background: int, links: tuple[Cell, ...]) -> bool:
    fates = [fate for a, b in pairs for fate in _fates(a, b, joined, background)]
    return {(len(piece), target) for piece, _, target in fates} == set(links) and len(dict(links)) == len(links)


def _moved(pairs: Pairs, background: int, colour: int, step: Cell) -> bool:
    return step != (0, 0) and all(_moves(a, b, background, colour, step) for a, b in pairs)


def _moves(a: Grid, b: Grid, background: int, colour: int, step: Cell) -> bool:
    old, new = cells_of(a, lambda x: x == colour), cells_of(b, lambda x: x == colour)
    rest = all({was, now} <= {background, colour} for _, _, was, now in differing(a, b))
    return rest and bool(old) and new == {(r + step[0], c + step[1]) for r, c in old} and tally(a) == tally(b)


def _all_rectangles(pairs: Pairs, joined: str, background: int) -> bool:
    return all(_filled(piece) for a, _ in pairs for piece in figures(a, joined, background))


def _filled(piece: set[Cell]) -> bool:
    top, left, bottom, right = frame(piece)
    return len(piece) == (bottom - top + 1) * (right - left + 1)


def _single_cells(pairs: Pairs, background: int) -> bool:
    found = [other(a, background) for a, _ in pairs]
    return all(cells and len(pieces(cells, AROUND)) == len(cells) for cells in found)


def _on(check: Callable[..., bool], at: int) -> Callable[..., bool]:
    """The check, and that every input holds the colour on which the shapes are said to lie, argument `at`."""

    def both(pairs: Pairs, *args: Any) -> bool:
        return all(args[at] in palette(a) for a, _ in pairs) and check(pairs, *args)

    return both


_ON_FIRST = ("object_count", "moved", "single_cells")
_PLAIN: Mapping[str, Callable[..., bool]] = {
    "shape_count": _shape_count,
    "same_shape_count": _same_shape_count,
    "both_shape_count": _both_shape_count,
    "output_shape_count": _output_shape_count,
    "object_count": _object_count,
    "shapes_recoloured": _shapes_recoloured,
    "rank_becomes": _rank_becomes,
    "removed_only": _removed_only,
    "small_vanish": _small_vanish,
    "size_decides": _size_decides,
    "moved": _moved,
    "all_rectangles": _all_rectangles,
    "single_cells": _single_cells,
}

CHECKS: Mapping[str, Callable[..., bool]] = {
    name: _on(check, 0 if name in _ON_FIRST else 1) for name, check in _PLAIN.items()
}
