"""Grids made by comprehension, said as what they are: blank grids and copies."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node, integer, node, rewrite
from soar2cot.engines.symbolic.simplify.sizes import is_grid


def name_shapes(method: Node) -> Node:
    """Blank grids, copies of grids, and sizes of one grid taken from another."""
    return rewrite(method, _shape)


def _shape(item: Node) -> Node:
    if item.op == "listed" and len(item.args) == 2:
        return _blank(item) or _copied(item) or item
    if item.op == "copy" and is_grid(item[0]):
        return node("grid_copy", item[0])
    if item.op == "blank" and _of_one(item[0], item[1]):
        return node("blank_like", item[0][0], item[2])
    return item


def _of_one(height: Node, width: Node) -> bool:
    return height.op == "height" and width.op == "width" and height[0] == width[0]


def _blank(item: Node) -> Node | None:
    turn = item[1]
    height = _times(turn)
    if height is None or turn[0] in _parts(item[0]):
        return None
    row = item[0]
    if row.op == "times" and row[0].op == "list" and len(row[0].args) == 1:
        return _shape(node("blank", height, row[1], row[0][0]))
    if row.op == "listed" and len(row.args) == 2:
        width = _times(row[1])
        if width is not None and row[1][0] not in _parts(row[0]):
            return _shape(node("blank", height, width, row[0]))
    return None


def _times(turn: Node) -> Node | None:
    """How many turns a loop takes, where that is all that it says."""
    if turn.op == "each_below":
        return turn[1]
    if turn.op == "each" and is_grid(turn[1]):
        return node("height", turn[1])
    return None


def _parts(item: Node) -> list[Node]:
    return [item, *(inner for part in item.nodes for inner in _parts(part))]


def _copied(item: Node) -> Node | None:
    turn = item[1]
    if turn.op != "each" or turn[0].op != "name" or not is_grid(turn[1]):
        return None
    row = item[0]
    if row.op in ("whole_copy", "list_of", "copy") and row[0] == turn[0]:
        return node("grid_copy", turn[1])
    if row.op == "listed" and len(row.args) == 2 and row[1].op == "each" and row[1][1] == turn[0] and row[0] == row[1][0]:
        return node("grid_copy", turn[1])
    return None


__all__ = ["integer", "name_shapes"]
