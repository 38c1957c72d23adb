"""Rows and columns that came together after other passes, said as one cell again."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node, bits, integer, node, rewrite
from soar2cot.engines.symbolic.phrasebook.places import STEPS

_NAMES = {step: op for op, step in STEPS.items()}


def name_places(method: Node) -> Node:
    """Cells from their halves, bounds from both halves, boxes from nested loops."""
    return rewrite(method, _place, bits(["at_rc", "tuple", "and", "or", "for"]))


def _place(item: Node) -> Node:
    if item.op in ("at_rc", "tuple") and len(item.args) == 2:
        return together(item[0], item[1]) or item
    if item.op == "and":
        return _inside(item) or _compared(item, "eq") or item
    if item.op == "or":
        return _compared(item, "ne") or item
    if item.op == "for":
        return _box(item) or item
    return item


def together(row: Node, column: Node) -> Node | None:
    """The place near one cell that has this row and this column, None where they are not of one cell."""
    first, second = _split(row), _split(column)
    if first is None or second is None or first[0].op != "row_of" or second[0].op != "column_of":
        return None
    cell = first[0][0]
    if cell != second[0][0]:
        return None
    steps = _number(first), _number(second)
    if steps == (0, 0):
        return cell
    if None not in steps and steps in _NAMES:
        return node(_NAMES[steps], cell)  # type: ignore[index]
    direction = _direction(first, second)
    if direction is not None:
        return node("moved" if first[1] == "+" else "moved_back", cell, direction)
    return _slid(_slid(cell, first, "down_by", "up_by"), second, "right_by", "left_by")


_Split = tuple[Node, str, "Node | None"]


def _split(item: Node) -> _Split | None:
    if item.op in ("row_of", "column_of"):
        return item, "+", None
    if item.op in ("plus", "minus") and item[0].op in ("row_of", "column_of"):
        return item[0], "+" if item.op == "plus" else "-", item[1]
    return None


def _number(part: _Split) -> int | None:
    if part[2] is None:
        return 0
    if part[2].op != "int":
        return None
    value = int(str(part[2].args[0]))
    return value if part[1] == "+" else -value


def _direction(first: _Split, second: _Split) -> Node | None:
    down, right = first[2], second[2]
    if down is None or right is None or first[1] != second[1] or (down.op, right.op) != ("row_of", "column_of"):
        return None
    return down[0] if down[0] == right[0] else None


def _slid(place: Node, part: _Split, forward: str, back: str) -> Node:
    by = part[2]
    if by is None:
        return place
    if by.op == "int" and int(str(by.args[0])) < 0:
        return node(back if part[1] == "+" else forward, place, integer(-int(str(by.args[0]))))
    return node(forward if part[1] == "+" else back, place, by)


def _inside(item: Node) -> Node | None:
    rows, columns = item[0], item[1]
    if rows.op == "and":
        found = _inside(node("and", rows[1], columns))
        return node("and", rows[0], found) if found is not None else None
    if rows.op != "within" or columns.op != "within" or rows[1] != integer(0) or columns[1] != integer(0):
        return None
    place = together(rows[0], columns[0])
    if place is None:
        return None
    height, width = rows[2], columns[2]
    if height.op == "height" and width.op == "width" and height[0] == width[0]:
        return node("inside", place, height[0])
    return node("inside_size", place, height, width)


def _compared(item: Node, op: str) -> Node | None:
    """`the cell is cell B` for `its row is that of cell B and its column too`; `is not` for either being another."""
    rows, columns = item[0], item[1]
    if rows.op == columns.op == op:
        first, second = together(rows[0], columns[0]), together(rows[1], columns[1])
        if first is not None and second is not None:
            return node(op, first, second)
    return None


def _box(item: Node) -> Node | None:
    """Two nested loops over rows and columns of one cell, both from a number to a number."""
    if len(item[1].args) != 1 or item[1][0].op != "for":
        return None
    rows, columns = _bounds(item[0]), _bounds(item[1][0][0])
    if rows is None or columns is None or (rows[0].op, columns[0].op) != ("row_of", "column_of"):
        return None
    if rows[0][0] != columns[0][0]:
        return None
    return node("for", node("cells_box", rows[0][0], *rows[1:], *columns[1:]), item[1][0][1])


def _bounds(turn: Node) -> tuple[Node, Node, Node] | None:
    if turn.op == "from_to":
        return turn[0], turn[1], turn[2]
    if turn.op == "from_below" and turn[2].op == "int":
        return turn[0], turn[1], integer(int(str(turn[2].args[0])) - 1)
    return None
