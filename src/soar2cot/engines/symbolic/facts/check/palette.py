"""Checks of claims about which colours there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from soar2cot.engines.symbolic.facts.check.measure import Cell, Pairs, palette, tally
from soar2cot.records import Grid


def _background(pairs: Pairs, colour: int) -> bool:
    return all(_alone_most(tally(a), colour) for a, _ in pairs)


def _alone_most(counts: dict[int, int], colour: int) -> bool:
    own = counts.get(colour, 0)
    return all(own > n for name, n in counts.items() if name != colour) and own > 0


def _input_colours(pairs: Pairs, colours: tuple[int, ...]) -> bool:
    return all(palette(a) == set(colours) for a, _ in pairs)


def _output_colours(pairs: Pairs, colours: tuple[int, ...]) -> bool:
    return all(palette(b) == set(colours) for _, b in pairs)


def _shared_colours(pairs: Pairs, colours: tuple[int, ...]) -> bool:
    shared = palette(pairs[0][0])
    for a, _ in pairs[1:]:
        shared &= palette(a)
    return shared == set(colours)


def _input_colour_count(pairs: Pairs, n: int) -> bool:
    palettes = [palette(a) for a, _ in pairs]
    return all(len(one) == n for one in palettes) and any(one != palettes[0] for one in palettes)


def _one_output_colour(pairs: Pairs) -> bool:
    return all(len(palette(b)) == 1 for _, b in pairs)


def _same_colours(pairs: Pairs) -> bool:
    return all(palette(a) == palette(b) for a, b in pairs)


def _new_colours(pairs: Pairs, colours: tuple[int, ...]) -> bool:
    return all(palette(b) - palette(a) == set(colours) for a, b in pairs)


def _lost_colours(pairs: Pairs, colours: tuple[int, ...]) -> bool:
    return _new_colours([(b, a) for a, b in pairs], colours)


def _no_new_colour(pairs: Pairs) -> bool:
    return all(palette(b) <= palette(a) for a, b in pairs)


def _same_tally(pairs: Pairs) -> bool:
    return all(tally(a) == tally(b) for a, b in pairs)


def _output_fills(pairs: Pairs, background: int, often: str) -> bool:
    return all(palette(b) == {_extreme(a, background, often)} for a, b in pairs)


def _extreme(grid: Grid, background: int, often: str) -> int:
    counts = {colour: n for colour, n in tally(grid).items() if colour != background}
    wanted = {"most": max, "least": min}[often](counts.values())
    (only,) = [colour for colour, n in counts.items() if n == wanted]
    return only if len(counts) > 1 else -1


def _input_tally(pairs: Pairs, counts: tuple[Cell, ...], background: int) -> bool:
    found = tally(pairs[0][0])
    return background in found and {k: n for k, n in found.items() if k != background} == dict(counts)


def _output_tally(pairs: Pairs, counts: tuple[Cell, ...]) -> bool:
    return tally(pairs[0][1]) == dict(counts) and len(counts) == len(dict(counts))


CHECKS: Mapping[str, Callable[..., bool]] = {
    "background": _background,
    "input_colours": _input_colours,
    "output_colours": _output_colours,
    "shared_colours": _shared_colours,
    "input_colour_count": _input_colour_count,
    "one_output_colour": _one_output_colour,
    "same_colours": _same_colours,
    "new_colours": _new_colours,
    "lost_colours": _lost_colours,
    "no_new_colour": _no_new_colour,
    "same_tally": _same_tally,
    "output_fills": _output_fills,
    "input_tally": _input_tally,
    "output_tally": _output_tally,
}
