"""Comparisons that keep a place inside a grid, said as what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import islice

from soar2cot.engines.symbolic.language.node import Node, bits, node, rewrite, walk
from soar2cot.engines.symbolic.phrasebook.places import STEPS
from soar2cot.engines.symbolic.simplify.trees import joined

_NOTHING = Node("block")
_BOTH = frozenset(("row_of", "column_of"))
_SLID = {"up_by": "row_of", "down_by": "row_of", "left_by": "column_of", "right_by": "column_of"}
_MOVED = frozenset(("moved", "moved_times", "moved_back"))
_BELOW = frozenset(("lt", "le"))
_ABOVE = frozenset(("ge", "gt"))


def name_bounds(method: Node) -> Node:
    """`the row is more than 0 and the input at the cell above …` with the comparison as `lies inside`."""
    return rewrite(method, _choice, bits(["if", "and"]))


def _choice(item: Node) -> Node:
    if item.op == "if":
        return item.of((_kept_inside(item[0], item[1]), *item.args[1:]))
    return _kept_inside(item, _NOTHING) if item.op == "and" else item


def _kept_inside(condition: Node, block: Node) -> Node:
    """The condition with the comparisons said by the places at which it asks, or the block below it paints or asks."""
    conditions = joined(condition, "and")
    bounds = [found for part in conditions if (found := _bound(part)) is not None]
    rest = [part for part in conditions if _bound(part) is None]
    cells = {cell[0] for cell in bounds}
    if len(cells) != 1:
        return condition
    axes = frozenset(cell.op for cell in bounds)
    insides = _asked(rest, cells, axes) or _done(block, cells, axes)
    return reduce(lambda a, b: node("and", a, b), [*insides, *rest]) if insides else condition


def _bound(condition: Node) -> Node | None:
    """The row or column of a cell that is kept in bounds."""
    if condition.op in _BELOW | _ABOVE:
        limit = condition[1]
    elif condition.op in ("within", "within_closed", "between"):
        limit = condition[2]
    else:
        return None
    edge = limit.op == "int" and condition.op in _ABOVE
    return _part_of_cell(condition[0]) if edge or (condition.op not in _ABOVE and _is_size(limit)) else None


def _is_size(limit: Node) -> bool:
    """Whether it is how high or wide a grid is, or so many less."""
    return limit.op in ("height", "width") or (limit.op == "minus" and _is_size(limit[0]))


def _part_of_cell(item: Node) -> Node | None:
    if item.op in ("plus", "minus"):
        return _part_of_cell(item[0])
    return item if item.op in ("row_of", "column_of") and item[0].op == "pair" else None


def _asked(conditions: list[Node], cells: set[Node], axes: frozenset[str]) -> list[Node]:
    """That the places lie inside at which the other conditions ask; none where more is kept in bounds than they."""
    uses = dict.fromkeys(use for part in conditions for use in _uses(part, cells))
    kept = frozenset[str]().union(*[_axes(place) for _, place in uses])
    return [node("inside", place, grid) for grid, place in uses] if axes <= kept and len(uses) <= 2 else []


def _done(block: Node, cells: set[Node], axes: frozenset[str]) -> list[Node]:
    """That the first place lies inside which is painted or asked for on these conditions and is kept in bounds.

    What is kept along the other axis may be said elsewhere: by a loop around it, or by a condition below.
    """
    uses = (node("inside", place, grid) for grid, place in _uses(block, cells) if axes <= _axes(place))
    return list(islice(uses, 1))


def _uses(part: Node, cells: set[Node]) -> Iterator[tuple[Node, Node]]:
    """The places near the cell at which a grid is asked or painted."""
    for item in walk(part):
        if item.op == "at" and item[1].op != "pair" and cells & set(walk(item[1])) and _axes(item[1]):
            yield item[0], item[1]


def _axes(place: Node) -> frozenset[str]:
    """Along which axes a place near a cell lies away from it; none of what is no such place."""
    if place.op in STEPS:
        down, right = STEPS[place.op]
        return _BOTH - {"row_of" if down == 0 else "", "column_of" if right == 0 else ""} | _axes(place[0])
    if place.op in _SLID:
        return frozenset((_SLID[place.op],)) | _axes(place[0])
    return _BOTH if place.op in _MOVED else frozenset()
