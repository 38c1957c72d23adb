"""Grids made by comprehension, said as what they are: blank grids and copies."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node, bits, integer, node, rewrite
from soar2cot.engines.symbolic.simplify.sizes import is_grid

_SHAPED = bits(["listed", "zeros_like_int", "without", "block", "at_rc", "blank", "whole_copy", "list_of"])
_FRESH = frozenset(("listed", "list", "list_of", "whole_copy"))  # nobody else has the list


def name_shapes(method: Node) -> Node:
    """Blank grids, copies of grids, and sizes of one grid taken from another."""
    return rewrite(method, _shape, _SHAPED)


def _shape(item: Node) -> Node:
    if item.op == "listed" and len(item.args) == 2:
        return _blank(item) or _copied(item) or item
    if item.op in ("whole_copy", "list_of") and item[0].op in _FRESH:
        return item[0].at_lines(item.lines)
    if item.op == "zeros_like_int":
        return node("zeros_like", item[0])
    if item.op == "without" and item[0].op == "unique" and item[1].op in ("int", "list"):
        return _except(item[0][0], item[1]) or item
    if item.op == "block":
        found = _distinct(item.nodes)
        return item if len(found) == len(item.args) else Node("block", tuple(found), item.lines)
    if item.op == "at_rc":
        return _mirrored(item) or item
    if item.op == "blank" and _of_one(item[0], item[1]):
        return node("blank_like", item[0][0], item[2])
    return item


def _except(values: Node, excepted: Node) -> Node | None:
    if excepted.op == "list":
        if len(excepted.args) != 1:
            return None
        excepted = excepted[0]
    return node("distinct_but", values, excepted)


def _distinct(items: tuple[Node, ...]) -> list[Node]:
    """`let L be the distinct values; let L be those of L that are not v` as one."""
    found: list[Node] = []
    for item in items:
        last = found[-1] if found else None
        excepted = _excepted(last, item) if last is not None else None
        if last is not None and excepted is not None:
            found[-1] = node("let", item[0], node("distinct_but", last[1][0], excepted))
        else:
            found.append(item)
    return found


def _excepted(first: Node, second: Node) -> Node | None:
    """The value that the second statement takes out of what the first one lists."""
    if not first.op == second.op == "let" or first[0] != second[0] or first[1].op != "unique":
        return None
    kept = second[1]
    if kept.op != "marked" or kept[0] != second[0] or kept[1].op != "ne" or kept[1][0] != second[0]:
        return None
    return kept[1][1]


def _mirrored(item: Node) -> Node | None:
    """A row or column counted from the other end, as a mirrored cell; one of them fixed, as a cell put there."""
    row, column = item[0], item[1]
    rows, columns = _from_end(row, "height"), _from_end(column, "width")
    first, second = rows[1] if rows else row, columns[1] if columns else column
    if first.op == "row_of" and second.op == "column_of" and first[0] == second[0]:
        place = first[0]
        place = node("mirrored_down", place, rows[0]) if rows else place
        return node("mirrored_across", place, columns[0]) if columns else place
    if row.op == "row_of" and row[0].op == "pair" and column.op != "name":
        return node("in_column", row[0], column)
    if column.op == "column_of" and column[0].op == "pair" and row.op != "name":
        return node("in_row", column[0], row)
    return None


def _from_end(item: Node, size: str) -> tuple[Node, Node] | None:
    if item.op == "minus" and item[0].op == "minus" and item[0][0].op == size and item[0][1] == integer(1):
        return item[0][0][0], item[1]
    if item.op == "minus" and item[0].op == "minus" and item[0][0].op == size and item[1] == integer(1):
        return item[0][0][0], item[0][1]
    return None


def name_recolouring(method: Node) -> Node:
    """A chain of choices that only paint one cell by the colour of another, as a table of colours."""
    return rewrite(method, lambda item: _table(item) or item if item.op == "if" else item, bits(["if"]))


def _table(item: Node) -> Node | None:
    entries: list[Node] = []
    subject = target = None
    while True:
        if item.op != "if" or item[0].op != "eq" or len(item[1].args) != 1 or item[1][0].op != "put":
            return None
        put = item[1][0]
        if item[0][1].op not in ("int", "colour") or item[0][0].op != "at":
            return None
        if put[1] == item[0][0]:
            put = node("put", put[0], item[0][1])
        if put[1].op not in ("int", "colour"):
            return None
        if subject not in (None, item[0][0]) or target not in (None, put[0]):
            return None
        subject, target = item[0][0], put[0]
        entries.append(node("key_value", item[0][1], put[1]))
        if len(item.args) == 2:
            break
        if len(item[2].args) != 1:
            return None
        item = item[2][0]
    if len(entries) < 2 or len({entry[0] for entry in entries}) != len(entries):
        return None
    return Node("remap", (target, subject, *entries))


def _of_one(height: Node, width: Node) -> bool:
    return height.op == "height" and width.op == "width" and height[0] == width[0]


def _blank(item: Node) -> Node | None:
    turn = item[1]
    height = _times(turn)
    row = item[0]
    if height is None:
        return None
    if row.op == "times" and row[0].op == "list" and len(row[0].args) == 1:
        width = _width_of_line(turn) if row[1] == node("length", turn[0]) else row[1]
        if width is not None and turn[0] not in [*_parts(row[0]), *_parts(width)]:
            return _shape(node("blank", height, width, row[0][0]))
    if row.op == "listed" and len(row.args) == 2:
        through = row[1]
        width = _width_of_line(turn) if through.op == "each" and through[1] == turn[0] else _times(through)
        if width is not None and not {through[0], turn[0]} & set(_parts(row[0])):
            return _shape(node("blank", height, width, row[0]))
    return None


def _width_of_line(turn: Node) -> Node | None:
    """How long each line is that a loop goes through, where it goes through a grid."""
    return node("width", turn[1]) if turn.op == "each" else None


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
        return node("copy", turn[1])
    if (
        row.op == "listed"
        and len(row.args) == 2
        and row[1].op == "each"
        and row[1][1] == turn[0]
        and row[0] == row[1][0]
    ):
        return node("copy", turn[1])
    return None


__all__ = ["integer", "name_shapes"]
