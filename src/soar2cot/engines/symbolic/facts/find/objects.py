"""Facts about shapes (connected cells of one colour) and objects (touching cells of any colour)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soar2cot.engines.symbolic.facts.claims import Claim
from soar2cot.engines.symbolic.facts.find.view import GridView, Groups, PairView, Views, fact

_MANY = 30
_FEW = 5


def find(views: Views) -> Iterator[Claim]:
    """Counts, recolouring, removal, movement and form of what lies on the background."""
    background = views.background
    if background is None or not all(any(c != background for c in v.colours) for v in views.inputs):
        return
    yield from _counts(views, background)
    yield from _forms(views, background)
    if views.same_shape and not views.same_grid:
        yield from _fates(views, background)
        yield from _moved(views, background)


def _counts(views: Views, background: int) -> Iterator[Claim]:
    for joined in ("4", "8"):
        n = _same(view.shapes(joined, background).n for view in views.inputs)
        if n is not None and n <= _MANY:
            yield fact("shape_count", joined, background, value=n)
            break
    n = _same(view.objects(background).n for view in views.inputs)
    if n is not None and 1 < n <= _MANY and any(view.shapes("8", background).n != n for view in views.inputs):
        yield fact("object_count", background, value=n)
    if not views.same_grid and all(view.counts[background] for view in views.outputs):
        yield from _output_counts(views, background)


def _same(counts: Iterator[int]) -> int | None:
    """The number that all of these are, None where one is another; what comes after that is not even counted."""
    first = next(counts)
    return first if all(n == first for n in counts) else None


def _output_counts(views: Views, background: int) -> Iterator[Claim]:
    def n_of(view: GridView) -> int:
        return view.shapes("4", background).n

    before = _same(map(n_of, views.inputs))
    if before is None and all(n_of(pair.before) == n_of(pair.after) for pair in views.pairs):
        yield fact("same_shape_count", "4", background)
        return
    after = _same(map(n_of, views.outputs))
    if after is not None and 0 < after <= _MANY:
        yield fact("both_shape_count" if before == after else "output_shape_count", "4", background, value=after)


def _forms(views: Views, background: int) -> Iterator[Claim]:
    if all(v.objects(background).n == sum(v.counts) - v.counts[background] for v in views.inputs):
        yield fact("single_cells", value=background)
    elif all(_rectangles(view.shapes("4", background)) for view in views.inputs):
        yield fact("all_rectangles", "4", background)


def _rectangles(shapes: Groups) -> bool:
    return all(
        (rows.stop - rows.start) * (columns.stop - columns.start) == size
        for size, (rows, columns) in zip(shapes.sizes, shapes.boxes, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Fates:
    """What becomes of the shapes of a pair: size, colour before and colour after of each."""

    sizes: list[int]
    old: list[int]
    new: list[int]


def _fates(views: Views, background: int) -> Iterator[Claim]:
    if any(move[0] == background for pair in views.pairs for move in pair.moves):
        return
    for joined in ("8", "4"):
        fates = [fate for pair in views.pairs if (fate := _fate(pair, joined, background))]
        if len(fates) < len(views.pairs):
            continue
        if all(new in (background, old) for fate in fates for old, new in zip(fate.old, fate.new, strict=True)):
            yield from _vanished(fates, joined, background)
            return
        if not any(background in fate.new for fate in fates):
            yield fact("shapes_recoloured", joined, background)
            yield from _by_size(fates, joined, background)
        yield from _ranked(fates, joined, background)
        return


def _vanished(fates: list[Fates], joined: str, background: int) -> Iterator[Claim]:
    yield fact("removed_only", joined, background)
    shapes = [(size, new) for fate in fates for size, new in zip(fate.sizes, fate.new, strict=True)]
    gone = {size for size, new in shapes if new == background}
    left = {size for size, new in shapes if new != background}
    if left and max(gone) < min(left):
        yield fact("small_vanish", joined, background, value=max(gone))


def _by_size(fates: list[Fates], joined: str, background: int) -> Iterator[Claim]:
    """The colour of a shape as a function of its number of cells, the same over all pairs."""
    links = {(size, new) for fate in fates for size, new in zip(fate.sizes, fate.new, strict=True)}
    sizes, colours = {size for size, _ in links}, {colour for _, colour in links}
    if len(links) == len(sizes) <= _FEW and len(colours) > 1:
        yield fact("size_decides", joined, background, value=tuple(sorted(links)))


def _fate(pair: PairView, joined: str, background: int) -> Fates | None:
    """What becomes of each shape; None where a shape gets several colours."""
    shapes = pair.before.shapes(joined, background)
    new = shapes.colours(pair.after.cells)
    if ((new[shapes.labels] != pair.after.cells) & (shapes.labels > 0)).any():
        return None
    old = shapes.colours(pair.before.cells)
    return Fates(shapes.sizes, [int(c) for c in old[1:]], [int(c) for c in new[1:]])


def _ranked(fates: list[Fates], joined: str, background: int) -> Iterator[Claim]:
    for rank, pick in (("most", max), ("least", min)):
        targets = {_rank_target(fate, pick(fate.sizes)) for fate in fates}
        if len(targets) == 1 and (target := targets.pop()) is not None:
            yield fact("rank_becomes", joined, background, rank, target)


def _rank_target(fate: Fates, extreme: int) -> int | None:
    """The colour that exactly the shapes of this size become; None if there is none."""
    chosen = {new for size, new in zip(fate.sizes, fate.new, strict=True) if size == extreme}
    others = {new for size, new in zip(fate.sizes, fate.new, strict=True) if size != extreme}
    return chosen.pop() if len(chosen) == 1 and others and not chosen & others else None


def _moved(views: Views, background: int) -> Iterator[Claim]:
    """One colour of which all cells move by the same shift in every pair, while the rest stays."""
    shifts = [_shift(pair, background) for pair in views.pairs]
    if shifts[0] is not None and all(shift == shifts[0] for shift in shifts):
        colour, rows, columns = shifts[0]
        yield fact("moved", background, colour, value=(rows, columns))


def _shift(pair: PairView, background: int) -> tuple[int, int, int] | None:
    if pair.before.counts != pair.after.counts or not pair.n_changed:
        return None
    movers = {c for a, b, _ in pair.moves for c in (a, b)} - {background}
    if len(movers) != 1:
        return None
    colour = movers.pop()
    old, new = _places(pair.before, colour), _places(pair.after, colour)
    rows, columns = new[0] - old[0]
    return (colour, int(rows), int(columns)) if (new - old == (rows, columns)).all() else None


def _places(view: GridView, colour: int) -> NDArray[np.int64]:
    return np.argwhere(view.cells == colour)
