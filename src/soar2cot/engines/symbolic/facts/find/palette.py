"""Facts about which colours there are."""

from __future__ import annotations

from collections.abc import Iterator

from soar2cot.engines.symbolic.facts.claims import Claim
from soar2cot.engines.symbolic.facts.find.view import GridView, Views, fact

_FEW = 6


def find(views: Views) -> Iterator[Claim]:
    """Backgrounds and palettes: what stays, comes and goes."""
    if views.common_most is not None:
        yield fact("background", value=views.common_most)
    yield from _inputs(views.inputs, views.background)
    yield from _outputs(views)
    yield from _between(views)


def _inputs(inputs: list[GridView], background: int | None) -> Iterator[Claim]:
    palettes = [view.colours for view in inputs]
    if len(set(palettes)) == 1:
        if len(palettes[0]) <= _FEW:
            yield fact("input_colours", value=palettes[0])
        return
    shared = tuple(colour for colour in palettes[0] if all(colour in palette for palette in palettes))
    if set(shared) - {background}:
        yield fact("shared_colours", value=shared)
    if len({len(palette) for palette in palettes}) == 1:
        yield fact("input_colour_count", value=len(palettes[0]))


def _outputs(views: Views) -> Iterator[Claim]:
    palettes = {view.colours for view in views.outputs}
    if len(palettes) == 1 and len(palette := palettes.copy().pop()) <= _FEW:
        yield fact("output_colours", value=palette)
    if all(len(palette) == 1 for palette in palettes):
        yield fact("one_output_colour")
    background = views.background
    if background is None or any(len(p) != 1 for p in palettes):
        return
    for often in ("most", "least"):
        if all(v.after.colours[0] == _extreme(v.before, often, background) for v in views.pairs):
            yield fact("output_fills", background, often)


def _extreme(view: GridView, often: str, background: int) -> int | None:
    """The most or least common of several colours besides the background; None for a tie."""
    ranked = sorted((n, colour) for colour, n in enumerate(view.counts) if n and colour != background)
    if often == "most":
        ranked.reverse()
    if len(ranked) < 2 or ranked[0][0] == ranked[1][0]:
        return None
    return ranked[0][1]


def _between(views: Views) -> Iterator[Claim]:
    pairs = [(set(pair.before.colours), set(pair.after.colours)) for pair in views.pairs]
    if all(a == b for a, b in pairs):
        yield fact("same_colours")
        if all(pair.before.counts == pair.after.counts for pair in views.pairs):
            yield fact("same_tally")
        return
    if all(b <= a for a, b in pairs):
        yield fact("no_new_colour")
    for name, sets in (("new_colours", [b - a for a, b in pairs]), ("lost_colours", [a - b for a, b in pairs])):
        if sets[0] and all(one == sets[0] for one in sets) and sets[0] != pairs[0][1]:
            yield fact(name, value=tuple(sorted(sets[0])))
