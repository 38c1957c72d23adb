"""Facts about the cells that change, where sizes stay: from which colour to which, and where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np

from soar2cot.engines.symbolic.facts.claims import Claim
from soar2cot.engines.symbolic.facts.find.view import SIDES, Groups, Mask, PairView, Views, fact, label, near

_MANY = 4


def find(views: Views) -> Iterator[Claim]:
    """What holds of every changed cell; nothing where nothing changes or a size does."""
    if not views.same_shape or not any(pair.n_changed for pair in views.pairs):
        return
    yield from _colours(views)
    yield from _recolour(views)
    counts = {pair.n_changed for pair in views.pairs}
    if len(counts) == 1 < len(views.pairs):
        yield fact("changed_count", value=counts.pop())
    yield from _places(views)


def _colours(views: Views) -> Iterator[Claim]:
    moves = sorted({move[:2] for pair in views.pairs for move in pair.moves})
    sources, targets = {a for a, _ in moves}, {b for _, b in moves}
    if len(moves) <= _MANY:
        yield fact("change_map", value=tuple(moves))
    if len(sources) == 1:
        yield fact("changed_from", value=moves[0][0])
    if len(targets) == 1:
        yield fact("changed_to", value=moves[0][1])
    kept = {colour for view in views.inputs for colour in view.colours} - sources
    if kept and len(sources) > 1:
        yield fact("kept", value=tuple(sorted(kept)))


def _recolour(views: Views) -> Iterator[Claim]:
    """A replacement of colours that holds wherever the colour stands, over all pairs or within each."""
    tables = [_table(pair) for pair in views.pairs]
    if any(table is None for table in tables):
        return
    whole: dict[int, int] = {}
    for table in cast("list[dict[int, int]]", tables):
        for colour, target in table.items():
            if whole.setdefault(colour, target) != target:
                yield fact("recolour_by_pair")
                return
    moved = tuple((a, b) for a, b in sorted(whole.items()) if a != b)
    yield fact("recolour", value=moved)


def _table(pair: PairView) -> dict[int, int] | None:
    """Input colour → output colour, if each input colour has one output colour."""
    moved = {a: b for a, b, _ in pair.moves}
    if len(moved) < len(pair.moves) or any(n != pair.before.counts[a] for a, _, n in pair.moves):
        return None
    return {colour: moved.get(colour, colour) for colour in pair.before.colours}


def _places(views: Views) -> Iterator[Claim]:
    sources = {move[0] for pair in views.pairs for move in pair.moves}
    if len(sources) == 1:
        yield from _enclosed(views, next(iter(sources)))
    touched = _touched(views) - {colour for pair in views.pairs for move in pair.moves for colour in move[:2]}
    if len(touched) == 1:
        yield fact("changed_beside", value=touched.pop())
    between = [colour for colour in range(10) if all(_between(pair, colour) for pair in views.pairs)]
    if len(between) == 1 and between[0] not in sources | {views.background}:
        yield fact("changed_between", value=between[0])
    aligned = [c for c in range(10) if c not in sources and all(_aligned(pair, c) for pair in views.pairs)]
    if len(aligned) == 1 and aligned[0] != views.background:
        yield fact("changed_aligned", value=aligned[0])
    yield from _regions(views)


def _regions(views: Views) -> Iterator[Claim]:
    """Where the changed cells lie as a whole: border, box, lines."""
    if all(same_mask(pair.changed, _border(pair.changed)) for pair in views.pairs):
        yield fact("changed_border")
    background = views.background
    if background is not None and all(_in_box(pair, background) for pair in views.pairs):
        yield fact("changed_in_box", value=background)
    lines = [axis for axis in ("rows", "columns") if all(_whole_lines(pair.changed, axis) for pair in views.pairs)]
    if len(lines) == 1:
        yield fact("changed_in_line", value=lines[0])
    kept = [axis for axis in ("rows", "columns") if all(_same_lines(pair, axis) for pair in views.pairs)]
    if len(kept) == 1:
        yield fact("line_tally", value=kept[0])


def same_mask(a: Mask, b: Mask) -> bool:
    """Whether two masks of one shape agree."""
    return bool((a == b).all())


def _border(like: Mask) -> Mask:
    border = np.ones_like(like)
    border[1:-1, 1:-1] = False
    return border


def _same_lines(pair: PairView, axis: str) -> bool:
    """Whether each row, or column, holds the same cells before and after."""
    if pair.before.counts != pair.after.counts:
        return False
    along = 1 if axis == "rows" else 0
    return bool((np.sort(pair.before.cells, axis=along) == np.sort(pair.after.cells, axis=along)).all())


def _aligned(pair: PairView, colour: int) -> bool:
    if not pair.before.counts[colour]:
        return not pair.n_changed
    own = pair.before.cells == colour
    return bool((own.any(axis=1)[:, None] | own.any(axis=0)[None, :])[pair.changed].all())


def _enclosed(views: Views, colour: int) -> Iterator[Claim]:
    inner = [_shut_off(pair.before.cells == colour) for pair in views.pairs]
    if all((mask == pair.changed).all() for mask, pair in zip(inner, views.pairs, strict=True)):
        yield fact("enclosed_all", value=colour)
    elif all((mask >= pair.changed).all() for mask, pair in zip(inner, views.pairs, strict=True)):
        yield fact("enclosed_some", value=colour)


def _shut_off(mask: Mask) -> Mask:
    """The cells of the mask that no path of its cells, side by side, joins to the border."""
    return Groups(label(mask, SIDES)).inner()


def _touched(views: Views) -> set[int]:
    """The colours of which every changed cell of every pair has a neighbour, by side or corner, in the input."""
    found = set(range(10))
    for pair in views.pairs:
        if pair.n_changed:
            found = {colour for colour in found if _touches(pair, colour)}
    return found


def _touches(pair: PairView, colour: int) -> bool:
    if not pair.before.counts[colour]:
        return False
    own = pair.before.cells == colour
    return bool(near(own)[pair.changed].all())


def _between(pair: PairView, colour: int) -> bool:
    """Whether every changed cell has a cell of the colour on both sides in its row, or in its column."""
    if not pair.n_changed:
        return True
    if pair.before.counts[colour] < 2:
        return False
    own = pair.before.cells == colour
    across = _passed(own, 1) & _passed(own[:, ::-1], 1)[:, ::-1]
    down = _passed(own, 0) & _passed(own[::-1], 0)[::-1]
    return bool((across | down)[pair.changed].all())


def _passed(own: Mask, axis: int) -> Mask:
    """Where a cell of the mask lies strictly before, along the axis."""
    return np.cumsum(own, axis=axis) > own


def _in_box(pair: PairView, background: int) -> bool:
    if not pair.n_changed:
        return True
    box = pair.before.box(background)
    if box is None or box == (0, 0, *pair.before.shape):
        return False
    top, left, bottom, right = box
    return int(np.count_nonzero(pair.changed[top:bottom, left:right])) == pair.n_changed


def _whole_lines(changed: Mask, axis: str) -> bool:
    lines = changed if axis == "rows" else changed.T
    full = lines.all(axis=1)
    return bool((full == lines.any(axis=1)).all()) and lines.shape[1] > 1
