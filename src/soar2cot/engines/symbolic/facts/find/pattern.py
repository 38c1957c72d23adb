"""Facts about order within a grid: symmetry, repetition, lines, halves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from soar2cot.engines.symbolic.facts.claims import Claim
from soar2cot.engines.symbolic.facts.find.view import Cells, GridView, Mask, PairView, Views, fact
from soar2cot.engines.symbolic.facts.find.whole import FLIPS, same

MIRRORS = ("lr", "ud", "transpose", "anti")


def find(views: Views) -> Iterator[Claim]:
    """Symmetries and periods of all outputs, dividing lines of all inputs, logic of two halves."""
    if not views.same_grid:
        yield from _symmetries(views)
        yield from _repeats(views)
    yield from _lines(views)
    yield from _halves(views)


def _symmetries(views: Views) -> Iterator[Claim]:
    found: dict[str, tuple[int, ...]] = {}
    for name, grids in (("output_symmetries", views.outputs), ("input_symmetries", views.inputs)):
        if any(len(view.colours) == 1 for view in grids):
            continue
        found[name] = tuple(
            index for index, flip in enumerate(MIRRORS) if all(same(FLIPS[flip](v.cells), v.cells) for v in grids)
        )
    ins, outs = found.get("input_symmetries", ()), found.get("output_symmetries", ())
    if outs and outs != ins:
        yield fact("output_symmetries", value=outs)
    elif ins:
        yield fact("input_symmetries", value=ins)


def _repeats(views: Views) -> Iterator[Claim]:
    outs = [view.cells for view in views.outputs]
    uniform = [axis for axis in ("rows", "columns") if all(_uniform(cells, axis) for cells in outs)]
    if len(uniform) == 1 and all(cells.shape[uniform[0] == "rows"] > 1 for cells in outs):
        yield fact("uniform_lines", value=uniform[0])
        return
    if uniform:
        return
    down, across = {_period(cells) for cells in outs}, {_period(cells.T) for cells in outs}
    if len(down) == 1 and (period := down.pop()):
        yield fact("row_period", value=period)
    if len(across) == 1 and (period := across.pop()):
        yield fact("column_period", value=period)


def _uniform(cells: Cells, axis: str) -> bool:
    lines = cells if axis == "rows" else cells.T
    return bool((lines == lines[:, :1]).all())


def _period(cells: Cells) -> int:
    """The smallest number of rows after which the rows repeat, at least twice in whole; 0 if none."""
    height = cells.shape[0]
    for period in range(1, height // 2 + 1):
        if (cells[period:] == cells[:-period]).all():
            return period
    return 0


def _lines(views: Views) -> Iterator[Claim]:
    colours = _line_colours(views.inputs[0])
    for view in views.inputs[1:]:
        colours &= _line_colours(view)
    if len(colours) != 1:
        return
    colour = colours.pop()
    yield fact("separators", value=colour)
    if not views.same_shape and all(_one_of(pair, colour) for pair in views.pairs):
        yield fact("one_compartment", value=colour)
    parts = {_compartments(view, colour) for view in views.inputs}
    if len(parts) == 1:
        yield fact("compartments", colour, *parts.pop())


def _line_colours(view: GridView) -> set[int]:
    """Colours of rows or columns of one colour that leave cells on both sides, the most common colour apart."""
    cells, common = view.cells, max(view.counts)
    found: set[int] = set()
    for lines in (cells, cells.T):
        inner = lines[1:-1]
        if lines.shape[1] > 2 and inner.size:
            found |= {int(line[0]) for line in inner[(inner == inner[:, :1]).all(axis=1)]}
    return {colour for colour in found if view.counts[colour] != common}


def _compartments(view: GridView, colour: int) -> tuple[int, int]:
    own = view.cells == colour
    return _runs(~own.all(axis=1)), _runs(~own.all(axis=0))


def _one_of(pair: PairView, colour: int) -> bool:
    """Whether the output is one of several compartments of the input."""
    cells, own = pair.before.cells, pair.before.cells == colour
    rows, columns = _bounds(~own.all(axis=1)), _bounds(~own.all(axis=0))
    parts = [cells[top:bottom, left:right] for top, bottom in rows for left, right in columns]
    return len(parts) > 1 and any(same(part, pair.after.cells) for part in parts)


def _bounds(open_lines: Mask) -> list[tuple[int, int]]:
    """(first, end) of each run of lines that are no separators."""
    steps = np.diff(open_lines.astype(np.int8), prepend=np.int8(0), append=np.int8(0))
    starts, ends = np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist()
    return list(zip(starts, ends, strict=True))


def _runs(open_lines: Mask) -> int:
    """How many runs of lines that are no separators there are."""
    steps = np.diff(open_lines.astype(np.int8), prepend=np.int8(0))
    return int(np.count_nonzero(steps == 1))


LOGIC: Mapping[str, Callable[[Mask, Mask], Mask]] = {
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "nor": lambda a, b: ~(a | b),
    "first": lambda a, b: a & ~b,
    "second": lambda a, b: ~a & b,
}


def _halves(views: Views) -> Iterator[Claim]:
    """A cell of the output as a function of the cells at its place in the input's two halves."""
    background, colours = views.background, {view.colours for view in views.outputs}
    if background is None or any(len(c) > 2 for c in colours):
        return
    drawn = {c for palette in colours for c in palette} - {background}
    if len(drawn) != 1:
        return
    colour = drawn.pop()
    for axis in ("rows", "columns"):
        yield from _logic(views, axis, background, colour)


def _logic(views: Views, axis: str, background: int, colour: int) -> Iterator[Claim]:
    halves = [_split(pair.before.cells, axis) for pair in views.pairs]
    if any(a.shape != pair.after.shape for (a, _), pair in zip(halves, views.pairs, strict=True)):
        return
    for name, rule in LOGIC.items():
        made = [rule(a != background, b != background) for a, b in halves]
        if all(same(m, pair.after.cells == colour) for m, pair in zip(made, views.pairs, strict=True)):
            yield fact("logic", axis, background, colour, name)
            return


def _split(cells: Cells, axis: str) -> tuple[Cells, Cells]:
    """The first and the last half of the rows or columns; a middle line belongs to neither."""
    if axis == "rows":
        n = cells.shape[0] // 2
        return cells[:n], cells[cells.shape[0] - n :]
    n = cells.shape[1] // 2
    return cells[:, :n], cells[:, cells.shape[1] - n :]
