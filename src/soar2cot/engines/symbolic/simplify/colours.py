"""Numbers that are colours are said as colours."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node, bits, rewrite, walk
from soar2cot.engines.symbolic.simplify.sizes import is_grid

_EQUAL = frozenset(("eq", "ne"))
_COLLECTED = frozenset(("list", "tuple", "set"))
_COLOURED = bits(
    (
        *_EQUAL, "in", "not_in", "put", "let", "remap", "distinct_but", "cells_that_are", "cells_that_are_not",
        "blank", "blank_like", "full", "full_like",
    )
)  # fmt: skip


def name_colours(method: Node) -> Node:
    """Every number that is compared with a cell or put into one, as a colour. Means the same."""
    known = _colour_names(method)
    return rewrite(method, lambda item: _colour(item, known), _COLOURED)


def _colour_names(method: Node) -> frozenset[Node]:
    """Names that hold colours: what is read from cells or put into them."""
    known: set[Node] = set()
    for _ in range(3):
        before = len(known)
        for item in walk(method):
            if (item.op == "let" and item[0].op == "name" and _is_colour(item[1], known)) or (
                item.op == "each" and item[0].op == "name" and _holds_colours(item[1], known)
            ):
                known.add(item[0])
            elif item.op in ("put", "let") and item[0].op == "at" and item[1].op == "name":
                known.add(item[1])
        if len(known) == before:
            break
    return frozenset(known)


def _is_colour(item: Node, known: set[Node] | frozenset[Node]) -> bool:
    if item.op == "at":
        return is_grid(item[0])
    return item in known or (item.op == "name" and "colour" in str(item.args[0])) or item.op == "most_common_one"


def _holds_colours(item: Node, known: set[Node] | frozenset[Node]) -> bool:
    if item.op in ("unique", "distinct_but", "row", "column", "flatten"):
        return bool(item.nodes) and is_grid(item[0])
    return item.op == "name" and "line" in str(item.args[0]).split()


def _paint(item: Node) -> Node:
    value = item.args[0] if item.args else None
    if item.op == "int" and isinstance(value, int) and 0 <= value <= 9:
        return Node("colour", (value,))
    if item.op in _COLLECTED:
        return item.of(tuple(_paint(part) for part in item.nodes))
    if item.op == "if_else":
        return item.of((item[0], _paint(item[1]), _paint(item[2])))
    return item


def _colour(item: Node, known: frozenset[Node]) -> Node:
    if item.op in _EQUAL:
        return _compared(item, known)
    if item.op in ("in", "not_in") and _is_colour(item[0], known):
        return item.of((item[0], _paint(item[1])))
    if item.op == "put" and item[0].op in ("at", "part", "row", "column", "row_part", "column_part", "marked"):
        return item.of((item[0], _paint(item[1]))) if is_grid(item[0][0]) else item
    if item.op == "let" and item[0] in known:
        return item.of((item[0], _paint(item[1])))
    if item.op == "remap":
        pairs = [part.of((_paint(part[0]), _paint(part[1]))) for part in item.nodes[2:]]
        return item.of((item[0], item[1], *pairs))
    if item.op == "distinct_but":
        return item.of((item[0], _paint(item[1])))
    if item.op in ("cells_that_are", "cells_that_are_not"):
        return item.of((item[0], item[1], _paint(item[2])))
    if item.op == "blank":
        return item.of((item[0], item[1], _paint(item[2])))
    if item.op in ("blank_like", "full", "full_like"):
        return item.of((item[0], _paint(item[1])))
    return item


def _compared(item: Node, known: frozenset[Node]) -> Node:
    left, right = item[0], item[1]
    if _is_colour(left, known) or is_grid(left) or left.op in ("part", "row", "column"):
        return item.of((left, _paint(right)))
    if _is_colour(right, known):
        return item.of((_paint(left), right))
    return item
