"""Facts about the output as the whole input moved, cut, repeated or combined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from soar2cot.engines.symbolic.facts.claims import Claim
from soar2cot.engines.symbolic.facts.find.view import Cells, GridView, Mask, Views, fact

FLIPS: Mapping[str, Callable[[Cells], Cells]] = {
    "lr": lambda a: a[:, ::-1],
    "ud": lambda a: a[::-1],
    "180": lambda a: a[::-1, ::-1],
    "cw": lambda a: a.T[:, ::-1],
    "ccw": lambda a: a.T[::-1],
    "transpose": lambda a: a.T,
    "anti": lambda a: a[::-1, ::-1].T,
}


def find(views: Views) -> Iterator[Claim]:
    """Mirrors and turns, crops, halves, tiles, blocks, slides; nothing for pairs that stay as they are."""
    if views.same_grid:
        return
    pairs = [(pair.before.cells, pair.after.cells) for pair in views.pairs]
    if views.same_shape or all(a.shape == b.shape[::-1] for a, b in pairs):
        yield from _flipped(pairs)
    if views.same_shape:
        yield from _slid(views, pairs)
    elif all(b.shape[0] <= a.shape[0] and b.shape[1] <= a.shape[1] for a, b in pairs):
        yield from _cut(views, pairs)
    elif all(b.shape[0] >= a.shape[0] and b.shape[1] >= a.shape[1] for a, b in pairs):
        yield from _grown(views, pairs)


def same(a: Any, b: Any) -> bool:
    """Whether two arrays have one shape and equal cells."""
    return a.shape == b.shape and bool((a == b).all())


def _flipped(pairs: list[tuple[Cells, Cells]]) -> Iterator[Claim]:
    names = [name for name, flip in FLIPS.items() if all(same(flip(a), b) for a, b in pairs)]
    if len(names) == 1:
        yield fact("flip", value=names[0])


def _slid(views: Views, pairs: list[tuple[Cells, Cells]]) -> Iterator[Claim]:
    if any(pair.before.counts != pair.after.counts for pair in views.pairs):
        return
    background = views.background
    if background is not None:
        for way in ("left", "right", "up", "down"):
            if all(same(_fallen(a, background, way), b) for a, b in pairs):
                yield fact("gravity", background, way)
                return
    shift = _rolled(pairs)
    if shift is not None:
        yield fact("shift", value=shift)


def _fallen(cells: Cells, background: int, way: str) -> Cells:
    """Each line's cells packed to one end, in their order."""
    lines = cells if way in ("left", "right") else cells.T
    filled = lines != background
    order = np.argsort(filled if way in ("right", "down") else ~filled, axis=1, kind="stable")
    packed = np.take_along_axis(lines, order, axis=1)
    return packed if way in ("left", "right") else packed.T


def _rolled(pairs: list[tuple[Cells, Cells]]) -> tuple[int, int] | None:
    """The one small shift, at most three cells along one axis, that takes every input to its output."""
    steps = [(s, 0) for s in (-3, -2, -1, 1, 2, 3)] + [(0, s) for s in (-3, -2, -1, 1, 2, 3)]
    good = [step for step in steps if all(same(np.roll(a, step, axis=(0, 1)), b) for a, b in pairs)]
    return good[0] if len(good) == 1 else None


def _cut(views: Views, pairs: list[tuple[Cells, Cells]]) -> Iterator[Claim]:
    yield from _shrunk(pairs)
    if not all(_within(a, b) for a, b in pairs):
        return
    background = views.background
    names = [name for name in PARTS if all(same(part(a, name), b) for a, b in pairs)]
    if names:
        yield fact("half", value=names[0])
    elif background is not None and all(same(_boxed(v.before, background), v.after.cells) for v in views.pairs):
        yield fact("crop_box", value=background)
    elif (colour := _boxed_colour(views)) is not None:
        yield fact("crop_colour", value=colour)
    elif (colour := _framed_colour(views)) is not None:
        yield fact("crop_inside", value=colour)
    elif background is not None and (rank := _object_rank(views, background)):
        yield fact("crop_object", rank, background)
    else:
        yield fact("subgrid")


def _within(a: Cells, b: Cells) -> bool:
    windows = sliding_window_view(a, b.shape)
    return bool((windows == b).all(axis=(2, 3)).any())


PARTS = ("top", "bottom", "left", "right", "top left", "top right", "bottom left", "bottom right")


def part(cells: Cells, name: str) -> Cells:
    """The half or quarter of that name, of the size that leaves out a middle line where sides are odd."""
    height, width = cells.shape
    rows, columns = slice(0, height), slice(0, width)
    if "top" in name or "bottom" in name:
        rows = slice(0, height // 2) if "top" in name else slice(height - height // 2, height)
    if "left" in name or "right" in name:
        columns = slice(0, width // 2) if "left" in name else slice(width - width // 2, width)
    return cells[rows, columns]


def _boxed_colour(views: Views) -> int | None:
    """The one colour around whose cells each output is the box."""
    return _only([c for c in range(10) if all(same(_around(p.before, c, 0), p.after.cells) for p in views.pairs)])


def _framed_colour(views: Views) -> int | None:
    """The one colour of a frame whose inside each output is."""
    return _only([c for c in range(10) if all(same(_around(p.before, c, 1), p.after.cells) for p in views.pairs)])


def _only(colours: list[int]) -> int | None:
    return colours[0] if len(colours) == 1 else None


def _around(view: GridView, colour: int, margin: int) -> Cells:
    """The box around the cells of a colour, less a margin on every side; nothing if there are none."""
    own = view.cells == colour
    rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    if not rows.size:
        return view.cells[:0]
    if margin and not _framed(own[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]):
        return view.cells[:0]
    top, bottom = int(rows[0]) + margin, int(rows[-1]) + 1 - margin
    left, right = int(columns[0]) + margin, int(columns[-1]) + 1 - margin
    return view.cells[top : max(top, bottom), left : max(left, right)]


def _framed(own: Mask) -> bool:
    """Whether the mask is set all along its border."""
    return bool(own[0].all() and own[-1].all() and own[:, 0].all() and own[:, -1].all())


def _boxed(view: GridView, background: int) -> Cells:
    box = view.box(background)
    if box is None:
        return view.cells[:0]
    top, left, bottom, right = box
    return view.cells[top:bottom, left:right]


def _object_rank(views: Views, background: int) -> str | None:
    """`most` or `least` where each output is the box around the largest or smallest object."""
    for rank, sign in (("most", -1), ("least", 1)):
        if all(_is_ranked(pair.before, pair.after.cells, background, sign) for pair in views.pairs):
            return rank
    return None


def _is_ranked(view: GridView, cells: Cells, background: int, sign: int) -> bool:
    objects = view.objects(background)
    ranked = sorted((sign * size, index) for index, size in enumerate(objects.sizes))
    if len(ranked) < 2 or ranked[0][0] == ranked[1][0]:
        return False
    return same(view.cells[objects.boxes[ranked[0][1]]], cells)


def _shrunk(pairs: list[tuple[Cells, Cells]]) -> Iterator[Claim]:
    factors = {(a.shape[0] / b.shape[0], a.shape[1] / b.shape[1]) for a, b in pairs}
    high, wide = next(iter(factors))
    if len(factors) == 1 and high == int(high) and wide == int(wide):
        k, m = int(high), int(wide)
        if all(same(np.repeat(np.repeat(b, k, axis=0), m, axis=1), a) for a, b in pairs):
            yield fact("downscale", k, m)


def _grown(views: Views, pairs: list[tuple[Cells, Cells]]) -> Iterator[Claim]:
    factors = {(b.shape[0] / a.shape[0], b.shape[1] / a.shape[1]) for a, b in pairs}
    high, wide = next(iter(factors))
    if len(factors) == 1 and high == int(high) and wide == int(wide):
        yield from _repeated(views, pairs, int(high), int(wide))
    corners = [name for name in CORNERS if all(same(_corner(b, a.shape, name), a) for a, b in pairs)]
    if len(corners) == 1:
        yield fact("input_in_corner", value=corners[0])


def _fractal(cells: Cells, background: int) -> Cells:
    filled = (cells != background).astype(np.int8)
    return cast("Cells", np.kron(filled, cells - np.int8(background)) + np.int8(background))


def _repeated(views: Views, pairs: list[tuple[Cells, Cells]], high: int, wide: int) -> Iterator[Claim]:
    background = views.background
    if background is not None and all(same(_fractal(a, background), b) for a, b in pairs):
        yield fact("fractal", value=background)
    elif all(same(np.repeat(np.repeat(a, high, axis=0), wide, axis=1), b) for a, b in pairs):
        yield fact("upscale", high, wide)
    elif all(same(np.tile(a, (high, wide)), b) for a, b in pairs):
        yield fact("tile", high, wide)
    elif all(_flipped_tiles(a, b) for a, b in pairs):
        yield fact("tile_flips", high, wide)


def _flipped_tiles(a: Cells, b: Cells) -> bool:
    height, width = a.shape
    copies = [a, *(flip(a) for flip in FLIPS.values())]
    blocks = (
        b[top : top + height, left : left + width]
        for top in range(0, b.shape[0], height)
        for left in range(0, b.shape[1], width)
    )
    return all(any(same(block, copy) for copy in copies) for block in blocks)


CORNERS = ("top left", "top right", "bottom left", "bottom right")


def _corner(cells: Cells, size: tuple[int, ...], name: str) -> Cells:
    height, width = size
    rows = slice(0, height) if "top" in name else slice(cells.shape[0] - height, None)
    columns = slice(0, width) if "left" in name else slice(cells.shape[1] - width, None)
    return cells[rows, columns]
