"""Loops from so many rows or columns before a place to as many behind it, kept inside a grid: the block around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.language.node import Arg, Node, all_lines, bits, integer, node, rewrite

_MIN, _MAX = bits(["min2"]), bits(["max2"])
_ONE = integer(1)
_LINES = {"height": "near_rows", "width": "near_columns"}
_TAKEN_APART = bits(["for", "listed", "gathered", "given", "how_many"])
_RANGES = bits(["from_below", "from_to", "cells_box"])
_SKIP = Node("block", (Node("skip"),))


def propose(method: Node) -> Iterator[Proposal]:
    """The method with every such loop named, all at once: their bounds leave little to guess."""
    if method.holds(_MIN) and method.holds(_MAX):
        named = rewrite(rewrite(method, _line, _RANGES), _block, _TAKEN_APART)
        yield Proposal(method, rewrite(named, _touching, bits(["near_cells"])) if named != method else named)


def _line(turn: Node) -> Node:
    """`from the larger of 0 and (row minus 2) to before the smaller of the height and (row plus 3)`."""
    if turn.op == "cells_box":
        cell, top, bottom, left, right = turn.nodes
        rows = _line(node("from_to", node("row_of", cell), top, bottom))
        return _cells(rows, _line(node("from_to", node("column_of", cell), left, right))) or turn
    if turn.op not in ("from_below", "from_to"):
        return turn
    middle, by = _lowest(turn[1])
    size = _highest(turn[2], middle, by, turn.op == "from_to") if middle is not None and by is not None else None
    if size is None or middle is None or by is None:
        return turn
    return Node(_LINES[size.op], (turn[0], by, middle, size[0]), turn.lines)


def _lowest(item: Node) -> tuple[Node, Node] | tuple[None, None]:
    """(middle, how far it goes) of a lower end that is kept at 0."""
    if item.op == "max2" and integer(0) in item.nodes:
        value = item[1] if item[0] == integer(0) else item[0]
        if value.op == "minus":
            return value[0], value[1]
    return None, None


def _highest(item: Node, middle: Node, by: Node, closed: bool) -> Node | None:
    """The height or width at which the upper end is kept, None where it goes not as far as the lower one."""
    if item.op != "min2":
        return None
    size, value = (item[0], item[1]) if item[1].op == "plus" else (item[1], item[0])
    if closed:
        size = size[0] if size.op == "minus" and size[1] == _ONE else Node("none")
        reached = value == node("plus", middle, by)
    else:
        reached = value in (node("plus", middle, _next(by)), node("plus", node("plus", middle, by), _ONE))
    return size if reached and size.op in _LINES else None


def _next(by: Node) -> Node:
    return integer(int(str(by.args[0])) + 1) if by.op == "int" else node("plus", by, _ONE)


def _block(item: Node) -> Node:
    """Rows and columns of one cell, equally near to a place, as the cells of a block."""
    if item.op == "for":
        inner = item[1][0] if len(item[1].args) == 1 else item
        turn = _cells(item[0], inner[0]) if inner.op == "for" and inner is not item else None
        return item if turn is None else Node("for", (turn, inner[1]), item.lines | inner.lines)
    args: list[Arg] = []
    for part in item.args:
        last = args[-1] if args else None
        turn = _cells(last, part) if isinstance(last, Node) and isinstance(part, Node) else None
        args[len(args) - (turn is not None) :] = [part if turn is None else turn]
    return Node(item.op, tuple(args), item.lines) if len(args) < len(item.args) else item


def _cells(rows: Node, columns: Node) -> Node | None:
    if (rows.op, columns.op) != ("near_rows", "near_columns") or rows[1] != columns[1] or rows[3] != columns[3]:
        return None
    first, second = rows[0], columns[0]
    if (first.op, second.op) != ("row_of", "column_of") or first[0] != second[0]:
        return None
    middle = node("at_rc", rows[2], columns[2])
    if (rows[2].op, columns[2].op) == ("row_of", "column_of") and rows[2][0] == columns[2][0]:
        middle = rows[2][0]
    return Node("near_cells", (first[0], rows[1], middle, rows[3]), all_lines(rows, columns))


def _touching(item: Node) -> Node:
    """The block of 3 by 3 without its middle: the cells that touch it."""
    if item.op != "for" or item[0].op != "near_cells" or item[0][1] != _ONE or not item[1].args:
        return item
    first, turn = item[1][0], item[0]
    if first.op != "if" or len(first.args) != 2:
        return item
    rest = _other_than(first[0], turn[0], turn[2])
    if first[1] == _SKIP and _asks(first[0], "eq", turn[0], turn[2]):
        body = item[1].args[1:]
    elif rest is not None and len(item[1].args) == 1:
        body = (Node("if", (rest, first[1]), first.lines),) if rest.op != "true" else first[1].args
    else:
        return item
    touching = Node("touching", (turn[0], turn[2], turn[3]), all_lines(turn, first[0]))
    return Node("for", (touching, Node("block", body)), item.lines)


def _asks(asked: Node, op: str, cell: Node, middle: Node) -> bool:
    return asked.op == op and {*asked.nodes} == {cell, middle}


def _other_than(asked: Node, cell: Node, middle: Node) -> Node | None:
    """What else is asked beside `the cell is not the middle one`; None where that is not asked."""
    if _asks(asked, "ne", cell, middle):
        return Node("true")
    if asked.op == "and" and _asks(asked[0], "ne", cell, middle):
        return asked[1]
    if asked.op == "and" and (rest := _other_than(asked[0], cell, middle)) is not None:
        return node("and", rest, asked[1])
    return None


def near_rows(by: int, middle: int, grid: Any) -> range:
    """The rows of the grid that lie at most so many from one."""
    return range(max(0, middle - by), min(len(grid), middle + by + 1))


def near_columns(by: int, middle: int, grid: Any) -> range:
    """The columns of the grid that lie at most so many from one."""
    return range(max(0, middle - by), min(len(grid[0]), middle + by + 1))


def near_cells(by: int, middle: tuple[int, int], grid: Any) -> list[tuple[int, int]]:
    """The cells of the block around a place, that place too, as far as it lies in the grid; in reading order."""
    columns = near_columns(by, middle[1], grid)
    return [(row, column) for row in near_rows(by, middle[0], grid) for column in columns]


IDIOM = Idiom(
    id="near",
    concepts=("neighbourhood", "block around a cell", "window"),
    propose=propose,
    operations={"f_near_rows": near_rows, "f_near_columns": near_columns, "f_near_cells": near_cells},
    licenses=("changed_beside",),
)
