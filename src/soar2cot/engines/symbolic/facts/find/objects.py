"""Facts about shapes (connected cells of one colour) and objects (touching cells of any colour)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from soar2cot.engines.symbolic.facts.claims import Claim
from soar2cot.engines.symbolic.facts.find.view import GridView, PairView, ShapeView, Views, fact

_MANY = 30


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
        ins = [len(view.shapes(joined, background)) for view in views.inputs]
        if len(set(ins)) == 1 and ins[0] <= _MANY:
            yield fact("shape_count", joined, background, value=ins[0])
            break
    ins = [len(view.objects(background)) for view in views.inputs]
    if len(set(ins)) == 1 and ins[0] <= _MANY:
        yield fact("object_count", background, value=ins[0])
    before = [len(view.shapes("4", background)) for view in views.inputs]
    after = [len(view.shapes("4", background)) for view in views.outputs]
    if before == after and not views.same_grid and len(set(before)) > 1:
        yield fact("same_shape_count", "4", background)
    if len(set(after)) == 1 and 0 < after[0] <= _MANY and not views.same_grid:
        yield fact("output_shape_count", "4", background, value=after[0])


def _forms(views: Views, background: int) -> Iterator[Claim]:
    if all(all(shape.size == 1 for shape in view.objects(background)) for view in views.inputs):
        yield fact("single_cells", value=background)
        return
    shapes = [shape for view in views.inputs for shape in view.shapes("4", background)]
    if all(shape.mask.all() for shape in shapes):
        yield fact("all_rectangles", "4", background)


def _fates(views: Views, background: int) -> Iterator[Claim]:
    for joined in ("8", "4"):
        fates = [_fate(pair, joined, background) for pair in views.pairs]
        if any(fate is None for fate in fates):
            continue
        targets = [target for fate in fates if fate is not None for _, target in fate]
        if all(target in (background, shape.colour) for fate in fates if fate for shape, target in fate):
            yield fact("removed_only", joined, background)
            return
        if background not in targets:
            yield fact("shapes_recoloured", joined, background)
            yield from _ranked(fates, joined, background)
            return


def _fate(pair: PairView, joined: str, background: int) -> list[tuple[ShapeView, int]] | None:
    """Each shape with the one colour that it has afterwards; None where a shape breaks or background changes."""
    found: list[tuple[ShapeView, int]] = []
    covered = 0
    for shape in pair.before.shapes(joined, background):
        after = pair.after.cells[shape.box][shape.mask]
        target = int(after[0])
        if not (after == target).all():
            return None
        covered += shape.size if target != shape.colour else 0
        found.append((shape, target))
    return found if covered == pair.n_changed else None


def _ranked(fates: list[list[tuple[ShapeView, int]] | None], joined: str, background: int) -> Iterator[Claim]:
    for rank, pick in (("most", max), ("least", min)):
        target = _rank_target([fate for fate in fates if fate], pick)
        if target is not None:
            yield fact("rank_becomes", joined, background, rank, target)


def _rank_target(fates: list[list[tuple[ShapeView, int]]], pick: object) -> int | None:
    """The colour that exactly the shapes of extreme size become, in every pair; None if there is none."""
    targets: set[int] = set()
    for fate in fates:
        sizes = [shape.size for shape, _ in fate]
        extreme = max(sizes) if pick is max else min(sizes)
        chosen = {target for shape, target in fate if shape.size == extreme}
        others = {target for shape, target in fate if shape.size != extreme}
        if len(chosen) > 1 or not others or chosen & others:
            return None
        targets |= chosen
    return targets.pop() if len(targets) == 1 else None


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


def _places(view: GridView, colour: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.argwhere(view.cells == colour)
