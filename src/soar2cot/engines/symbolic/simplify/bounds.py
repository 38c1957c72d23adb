"""Comparisons that keep a place inside a grid, said as what they are for."""

from __future__ import annotations

from functools import reduce

from soar2cot.engines.symbolic.language.node import Node, bits, node, rewrite, walk
from soar2cot.engines.symbolic.phrasebook.places import PLACES, STEPS

_BELOW = frozenset(("lt", "le"))
_ABOVE = frozenset(("ge", "gt"))


def name_bounds(method: Node) -> Node:
    """`the row is more than 0 and the input at the cell above …` with the comparison as `lies inside`."""
    return rewrite(method, _choice, bits(["if"]))


def _choice(item: Node) -> Node:
    if item.op != "if":
        return item
    conditions = _chain(item[0])
    bounds = [part for part in conditions if _bound(part) is not None]
    rest = [part for part in conditions if part not in bounds]
    if not bounds:
        return item
    pairs = {found for part in bounds if (found := _bound(part)) is not None}
    uses = _uses(rest, pairs) or _uses([item[1]], pairs)[:1]
    if len(pairs) != 1 or not 1 <= len(uses) <= 2:
        return item
    insides = [node("inside", place, grid) for grid, place in uses]
    return Node("if", (reduce(lambda a, b: node("and", a, b), [*insides, *rest]), *item.args[1:]))


def _chain(condition: Node) -> list[Node]:
    return [*_chain(condition[0]), *_chain(condition[1])] if condition.op == "and" else [condition]


def _bound(condition: Node) -> Node | None:
    """The cell whose row or column is kept in bounds."""
    if condition.op in _BELOW | _ABOVE:
        cell, limit = _cell_of(condition[0]), condition[1]
    elif condition.op in ("within", "within_closed", "between"):
        cell, limit = _cell_of(condition[0]), condition[2]
    else:
        return None
    if cell is None:
        return None
    size = any(part.op in ("height", "width") for part in walk(limit))
    edge = limit.op == "int" and isinstance(limit.args[0], int) and condition.op in _ABOVE
    return cell if (size and condition.op not in _ABOVE) or edge else None


def _cell_of(item: Node) -> Node | None:
    if item.op in ("plus", "minus"):
        return _cell_of(item[0])
    return item[0] if item.op in ("row_of", "column_of") and item[0].op == "pair" else None


def _uses(parts: list[Node], pairs: set[Node]) -> list[tuple[Node, Node]]:
    """The places near the cell at which a grid is asked or painted, each once."""
    found: dict[tuple[Node, Node], None] = {}
    for part in parts:
        for item in walk(part):
            if item.op == "at" and item[1].op in PLACES - {"pair"} and pairs & set(walk(item[1])) and _near(item[1]):
                found.setdefault((item[0], item[1]))
    return list(found)


def _near(place: Node) -> bool:
    return place.op in STEPS or place.op in (
        "up_by",
        "down_by",
        "left_by",
        "right_by",
        "moved",
        "moved_times",
        "moved_back",
    )
