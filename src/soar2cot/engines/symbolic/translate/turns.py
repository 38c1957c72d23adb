"""The turns of a loop over numbers: how far they go, and what their bounds are."""

from __future__ import annotations

import ast
from typing import TypeGuard

from soar2cot.engines.symbolic.language.node import Node, integer, node


def below(source: ast.expr) -> ast.expr | None:
    """What a `range` that begins with 0 ends before; None for anything else."""
    if not is_range(source):
        return None
    if len(source.args) == 1:
        return source.args[0]
    first = source.args[0] if len(source.args) == 2 else None
    return source.args[1] if isinstance(first, ast.Constant) and first.value == 0 else None


def is_range(source: ast.expr) -> TypeGuard[ast.Call]:
    """Whether a loop goes through numbers."""
    return isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and source.func.id == "range"


def row_measured(item: ast.expr, row: str) -> ast.expr | None:
    """What `len(grid[row])` takes the row from; None for anything else."""
    if isinstance(item, ast.Call) and ast.unparse(item.func) == "len" and isinstance(item.args[0], ast.Subscript):
        taken = item.args[0]
        return taken.value if isinstance(taken.slice, ast.Name) and taken.slice.id == row else None
    return None


def through_numbers(named: Node, bounds: list[Node]) -> Node | None:
    """A turn through the numbers of a `range`, None where its steps are others than 1 and -1."""
    if len(bounds) == 1:
        return node("each_below", named, bounds[0])
    first, stop = bounds[0], bounds[1]
    if len(bounds) == 2:
        to_the_end = stop.op == "plus" and stop[1] == integer(1)
        return node("from_to", named, first, stop[0]) if to_the_end else node("from_below", named, first, stop)
    last = _one_more(stop) if bounds[2] == integer(-1) else None
    return None if last is None else node("down_to", named, first, last)


def _one_more(item: Node) -> Node | None:
    """The number one larger, where that is said more plainly."""
    if item.op == "int":
        return integer(int(str(item.args[0])) + 1)
    return item[0] if item.op == "minus" and item[1] == integer(1) else None
