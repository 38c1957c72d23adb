"""Rows and columns that belong together, as places."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from soar2cot.engines.symbolic.language.node import Node, integer, node
from soar2cot.engines.symbolic.language.reader import DIRECTIONS
from soar2cot.engines.symbolic.phrasebook.places import STEPS

if TYPE_CHECKING:
    from soar2cot.engines.symbolic.translate.expressions import Expressions

_STEP_NAMES = {step: op for op, step in STEPS.items()}
_UNITS = frozenset(DIRECTIONS.values())


def unit_steps(items: list[ast.expr]) -> tuple[Node, ...] | None:
    """The directions of a list of unit steps, None where it is something else."""
    found: list[Node] = []
    for item in items:
        step = _step(item)
        if step is None or step not in _UNITS:
            return None
        found.append(Node("dir", step))
    return tuple(found) if len(found) >= 2 else None


def _step(item: ast.expr) -> tuple[int, int] | None:
    if not isinstance(item, ast.Tuple) or len(item.elts) != 2:
        return None
    first, second = _number(item.elts[0]), _number(item.elts[1])
    return None if first is None or second is None else (first, second)


def _number(item: ast.expr) -> int | None:
    if isinstance(item, ast.UnaryOp) and isinstance(item.op, ast.USub):
        inner = _number(item.operand)
        return None if inner is None else -inner
    return item.value if isinstance(item, ast.Constant) and type(item.value) is int else None


def as_place(row: ast.expr, column: ast.expr, words: Expressions, *, strict: bool) -> Node | None:
    """The place of a row and a column.

    `strict`: None unless both belong to one cell that has a name.
    """
    first, second = _split(row), _split(column)
    names = words.names
    pair = names.pair(first[0], second[0]) if first and second else None
    if pair is None or first is None or second is None:
        return None if strict else node("at_rc", words.expression(row), words.expression(column))
    return _moved(pair, first, second, words)


_Split = tuple[str, str, "ast.expr | None"]


def _split(item: ast.expr) -> _Split | None:
    """(name, sign, what is added), None where it is no name with something added."""
    if isinstance(item, ast.Name):
        return item.id, "+", None
    if isinstance(item, ast.BinOp) and isinstance(item.op, (ast.Add, ast.Sub)) and isinstance(item.left, ast.Name):
        return item.left.id, "+" if isinstance(item.op, ast.Add) else "-", item.right
    return None


def _moved(pair: Node, first: _Split, second: _Split, words: Expressions) -> Node:
    down, right = _constant(first), _constant(second)
    if down is not None and right is not None and (down, right) in _STEP_NAMES:
        return node(_STEP_NAMES[down, right], pair)
    step = _along(first, second, words)
    if step is not None:
        op, direction, times = step
        return node(op, pair, direction, times) if times is not None else node(op, pair, direction)
    place = _slid(pair, first, "down_by", "up_by", words)
    return _slid(place, second, "right_by", "left_by", words)


def _constant(part: _Split) -> int | None:
    if part[2] is None:
        return 0
    value = _number(part[2])
    return None if value is None else value if part[1] == "+" else -value


def _along(first: _Split, second: _Split, words: Expressions) -> tuple[str, Node, Node | None] | None:
    if first[2] is None or second[2] is None or first[1] != second[1]:
        return None
    down, right = first[2], second[2]
    times: ast.expr | None = None
    if isinstance(down, ast.BinOp) and isinstance(right, ast.BinOp):
        for a, b, c, d in (
            (down.left, down.right, right.left, right.right),
            (down.right, down.left, right.right, right.left),
        ):
            if not isinstance(down.op, ast.Mult) or not isinstance(right.op, ast.Mult) or ast.dump(b) != ast.dump(d):
                continue
            if isinstance(a, ast.Name) and isinstance(c, ast.Name) and words.names.pair(a.id, c.id):
                down, right, times = a, c, b
                break
    if not isinstance(down, ast.Name) or not isinstance(right, ast.Name):
        return None
    direction = words.names.pair(down.id, right.id)
    if direction is None or (times is not None and first[1] == "-"):
        return None
    if times is not None:
        return "moved_times", direction, words.expression(times)
    return ("moved" if first[1] == "+" else "moved_back"), direction, None


def _slid(place: Node, part: _Split, forward: str, back: str, words: Expressions) -> Node:
    if part[2] is None:
        return place
    by = words.expression(part[2])
    if by.op == "int" and isinstance(by.args[0], int) and by.args[0] < 0:
        by, sign = integer(-by.args[0]), "-" if part[1] == "+" else "+"
        return node(forward if sign == "+" else back, place, by)
    return node(forward if part[1] == "+" else back, place, by)
