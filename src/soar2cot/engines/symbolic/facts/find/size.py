"""Facts about sizes."""

from __future__ import annotations

from collections.abc import Iterator

from soar2cot.engines.symbolic.facts.claims import Claim
from soar2cot.engines.symbolic.facts.find.view import GridView, Views, fact


def find(views: Views) -> Iterator[Claim]:
    """What holds of the heights and widths of all pairs."""
    ins, outs = [v.shape for v in views.inputs], [v.shape for v in views.outputs]
    yield from _whole(views)
    if ins == outs:
        yield fact("same_size")
        if len(set(ins)) == 1:
            yield fact("both_size", value=ins[0])
        return
    if len(set(ins)) == len(set(outs)) == 1:
        yield fact("two_sizes", ins[0], outs[0])
    elif len(set(ins)) == 1:
        yield fact("input_size", value=ins[0])
    yield from _output(ins, outs)
    yield from _relation(ins, outs)
    if views.background is not None and len(set(outs)) > 1:
        yield from _measured(views, views.background)


def _whole(views: Views) -> Iterator[Claim]:
    if views.same_grid:
        yield fact("no_change")
    elif len({v.key for v in views.outputs}) == 1 < len({v.key for v in views.inputs}):
        yield fact("constant_grid")


def _output(ins: list[tuple[int, int]], outs: list[tuple[int, int]]) -> Iterator[Claim]:
    heights, widths = {h for h, _ in outs}, {w for _, w in outs}
    if len(heights) == len(widths) == 1:
        yield fact("output_size", value=outs[0])
    elif len(heights) == 1:
        yield fact("output_height", value=outs[0][0])
    elif len(widths) == 1:
        yield fact("output_width", value=outs[0][1])
    elif all(h == w for h, w in outs) and any(h != w for h, w in ins):
        yield fact("square_output")


def _relation(ins: list[tuple[int, int]], outs: list[tuple[int, int]]) -> Iterator[Claim]:
    pairs = list(zip(ins, outs, strict=True))
    yield from _ratio("times", [(b[0] / a[0], b[1] / a[1]) for a, b in pairs])
    yield from _ratio("part", [(a[0] / b[0], a[1] / b[1]) for a, b in pairs])
    if all(b == a[::-1] for a, b in pairs):
        yield fact("swapped_size")
    deltas = {(b[0] - a[0], b[1] - a[1]) for a, b in pairs}
    if len(deltas) == 1:
        if len(set(ins)) > 1:
            yield fact("size_delta", value=deltas.pop())
    elif all(b[0] <= a[0] and b[1] <= a[1] and a != b for a, b in pairs):
        yield fact("smaller")
    elif all(b[0] >= a[0] and b[1] >= a[1] and a != b for a, b in pairs):
        yield fact("larger")
    if all(b[0] == a[0] for a, b in pairs):
        yield fact("same_height")
    if all(b[1] == a[1] for a, b in pairs):
        yield fact("same_width")


def _ratio(name: str, ratios: list[tuple[float, float]]) -> Iterator[Claim]:
    high, wide = ratios[0]
    if len(set(ratios)) > 1 or high != int(high) or wide != int(wide):
        return
    if high == wide:
        yield fact(f"{name}_both", value=int(high))
    else:
        yield fact(f"{name}_size", int(high), int(wide))


def _measured(views: Views, background: int) -> Iterator[Claim]:
    """The height or width of the output as a count on the input, where it varies with the pair."""
    for place, dimension in enumerate(("height", "width")):
        sides = [view.shape[place] for view in views.outputs]
        if len(set(sides)) == 1:
            continue
        for measure in ("colours", "shapes", "cells", "largest"):
            if all(side == _measure(v, measure, background) for side, v in zip(sides, views.inputs, strict=True)):
                yield fact("size_measure", dimension, measure, background)
                break


def _measure(view: GridView, measure: str, background: int) -> int:
    if measure == "colours":
        return len(view.colours) - (background in view.colours)
    if measure == "cells":
        return sum(view.counts) - view.counts[background]
    shapes = view.shapes("4", background)
    return shapes.n if measure == "shapes" else max(shapes.sizes, default=0)
