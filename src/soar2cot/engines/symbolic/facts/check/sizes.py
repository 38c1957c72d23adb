"""Checks of claims about sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from soar2cot.engines.symbolic.facts.check.measure import Cell, Pairs, figures, other, palette, size
from soar2cot.records import Grid


def _no_change(pairs: Pairs) -> bool:
    return all(a == b for a, b in pairs)


def _same_size(pairs: Pairs) -> bool:
    return all(size(a) == size(b) for a, b in pairs)


def _both_size(pairs: Pairs, wanted: Cell) -> bool:
    return all(size(a) == wanted == size(b) for a, b in pairs)


def _constant_grid(pairs: Pairs) -> bool:
    return all(b == pairs[0][1] for _, b in pairs) and any(a != pairs[0][0] for a, _ in pairs)


def _output_size(pairs: Pairs, wanted: Cell) -> bool:
    return all(size(b) == wanted for _, b in pairs)


def _two_sizes(pairs: Pairs, old: Cell, new: Cell) -> bool:
    return _input_size(pairs, old) and _output_size(pairs, new) and old != new


def _input_size(pairs: Pairs, wanted: Cell) -> bool:
    return all(size(a) == wanted for a, _ in pairs)


def _times_both(pairs: Pairs, n: int) -> bool:
    return _times_size(pairs, n, n)


def _times_size(pairs: Pairs, high: int, wide: int) -> bool:
    return all(len(b) == high * len(a) and len(b[0]) == wide * len(a[0]) for a, b in pairs)


def _part_both(pairs: Pairs, n: int) -> bool:
    return _part_size(pairs, n, n)


def _part_size(pairs: Pairs, high: int, wide: int) -> bool:
    return all(len(a) == high * len(b) and len(a[0]) == wide * len(b[0]) for a, b in pairs)


def _swapped_size(pairs: Pairs) -> bool:
    return all((len(b), len(b[0])) == (len(a[0]), len(a)) for a, b in pairs)


def _size_delta(pairs: Pairs, delta: Cell) -> bool:
    return all((len(b) - len(a), len(b[0]) - len(a[0])) == delta for a, b in pairs)


def _output_height(pairs: Pairs, rows: int) -> bool:
    return all(len(b) == rows for _, b in pairs) and len({len(b[0]) for _, b in pairs}) > 1


def _output_width(pairs: Pairs, columns: int) -> bool:
    return all(len(b[0]) == columns for _, b in pairs) and len({len(b) for _, b in pairs}) > 1


def _same_height(pairs: Pairs) -> bool:
    return all(len(a) == len(b) for a, b in pairs)


def _same_width(pairs: Pairs) -> bool:
    return all(len(a[0]) == len(b[0]) for a, b in pairs)


def _square_output(pairs: Pairs) -> bool:
    return all(len(b) == len(b[0]) for _, b in pairs)


def _smaller(pairs: Pairs) -> bool:
    fits = all(len(b) <= len(a) and len(b[0]) <= len(a[0]) and size(a) != size(b) for a, b in pairs)
    return fits and _varies(pairs)


def _larger(pairs: Pairs) -> bool:
    return _smaller([(b, a) for a, b in pairs])


def _varies(pairs: Pairs) -> bool:
    return len({(len(a) - len(b), len(a[0]) - len(b[0])) for a, b in pairs}) > 1


def _size_measure(pairs: Pairs, dimension: str, measure: str, background: int) -> bool:
    sides = [len(b) if dimension == "height" else len(b[0]) for _, b in pairs]
    return sides == [_MEASURES[measure](a, background) for a, _ in pairs]


def _largest(grid: Grid, background: int) -> int:
    return max((len(piece) for piece in figures(grid, "4", background)), default=0)


_MEASURES: Mapping[str, Callable[[Grid, int], int]] = {
    "colours": lambda grid, background: len(palette(grid) - {background}),
    "shapes": lambda grid, background: len(figures(grid, "4", background)),
    "cells": lambda grid, background: len(other(grid, background)),
    "largest": _largest,
}

CHECKS: Mapping[str, Callable[..., bool]] = {
    "no_change": _no_change,
    "same_size": _same_size,
    "both_size": _both_size,
    "constant_grid": _constant_grid,
    "output_size": _output_size,
    "two_sizes": _two_sizes,
    "input_size": _input_size,
    "times_both": _times_both,
    "times_size": _times_size,
    "part_both": _part_both,
    "part_size": _part_size,
    "swapped_size": _swapped_size,
    "size_delta": _size_delta,
    "output_height": _output_height,
    "output_width": _output_width,
    "same_height": _same_height,
    "same_width": _same_width,
    "square_output": _square_output,
    "smaller": _smaller,
    "larger": _larger,
    "size_measure": _size_measure,
    "input_is": _input_size,
    "output_is": _output_size,
}
