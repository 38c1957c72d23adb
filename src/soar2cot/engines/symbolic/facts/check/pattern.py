"""Checks of claims about symmetry, repetition and dividing lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from soar2cot.engines.symbolic.facts.check.measure import Pairs, columns_of, palette, size, tally
from soar2cot.records import Grid


def _lr(grid: Grid) -> bool:
    return all(row == row[::-1] for row in grid)


def _ud(grid: Grid) -> bool:
    return grid == grid[::-1]


def _transpose(grid: Grid) -> bool:
    return grid == columns_of(grid)


def _anti(grid: Grid) -> bool:
    return _transpose([row[::-1] for row in grid])


_MIRRORS = (_lr, _ud, _transpose, _anti)


def _output_symmetries(pairs: Pairs, mirrors: tuple[int, ...]) -> bool:
    return _shared([b for _, b in pairs]) == set(mirrors)


def _input_symmetries(pairs: Pairs, mirrors: tuple[int, ...]) -> bool:
    return _shared([a for a, _ in pairs]) == set(mirrors)


def _shared(grids: list[Grid]) -> set[int]:
    return {index for index, mirror in enumerate(_MIRRORS) if all(mirror(grid) for grid in grids)}


def _row_period(pairs: Pairs, rows: int) -> bool:
    return all(_repeats(b, rows) and not any(_repeats(b, n) for n in range(1, rows)) for _, b in pairs)


def _column_period(pairs: Pairs, columns: int) -> bool:
    return _row_period([(a, columns_of(b)) for a, b in pairs], columns)


def _repeats(grid: Grid, n: int) -> bool:
    return 0 < 2 * n <= len(grid) and all(grid[r] == grid[r - n] for r in range(n, len(grid)))


def _uniform_lines(pairs: Pairs, axis: str) -> bool:
    lines = [b if axis == "rows" else columns_of(b) for _, b in pairs]
    return all(len(set(line)) == 1 for grid in lines for line in grid) and all(len(g[0]) > 1 for g in lines)


def _separators(pairs: Pairs, colour: int) -> bool:
    shared = _dividing(pairs[0][0])
    for a, _ in pairs[1:]:
        shared &= _dividing(a)
    return shared == {colour}


def _dividing(grid: Grid) -> set[int]:
    """The colours of unbroken lines with cells on both sides, besides the most common colours."""
    counts = tally(grid)
    most = max(counts.values())
    height, width = size(grid)
    rows = [grid[r] for r in range(1, height - 1)] if width > 2 else []
    columns = columns_of(grid)[1 : width - 1] if height > 2 else []
    found = {line[0] for line in (*rows, *columns) if len(palette([line])) == 1}
    return {colour for colour in found if counts[colour] < most}


def _compartments(pairs: Pairs, colour: int, down: int, across: int) -> bool:
    if not _separators(pairs, colour):
        return False
    return all((_bands(a, colour), _bands(columns_of(a), colour)) == (down, across) for a, _ in pairs)


def _bands(lines: Grid, colour: int) -> int:
    """The number of stretches of lines between those wholly of the colour."""
    text = "".join("|" if set(line) == {colour} else "." for line in lines)
    return sum(1 for stretch in text.split("|") if stretch)


CHECKS: Mapping[str, Callable[..., bool]] = {
    "output_symmetries": _output_symmetries,
    "input_symmetries": _input_symmetries,
    "row_period": _row_period,
    "column_period": _column_period,
    "uniform_lines": _uniform_lines,
    "separators": _separators,
    "compartments": _compartments,
}
