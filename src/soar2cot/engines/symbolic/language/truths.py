"""What is true or false: the opposite of a question, and a colour that is asked as if it were one."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.names import noun_of
from soar2cot.engines.symbolic.language.node import Node, bits, node, rewrite

_ASKING = bits(("if", "while", "that"))
_JOINED = frozenset(("and", "or", "not"))
_GRIDS = frozenset(("input", "result"))  # another picture may hold marks, not colours
_BLACK = Node("colour", (0,))

_OPPOSITE = {
    "eq": "ne", "ne": "eq", "in": "not_in", "not_in": "in", "is_none": "not_none", "not_none": "is_none",
    "even": "odd", "odd": "even", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt",
    "empty": "not_empty", "not_empty": "empty",
}  # fmt: skip


def negated(question: Node) -> Node:
    """The question whose answer is the opposite."""
    op = _OPPOSITE.get(question.op)
    return node("not", question) if op is None else Node(op, question.args)


def without_bare_colours(method: Node) -> Node:
    """`if the input at the cell is not black` for `if the input at the cell`: that is what is meant."""
    return rewrite(method, _asked, _ASKING)


def _asked(item: Node) -> Node:
    if item.op not in ("if", "while", "that"):
        return item
    return item.of((_not_black(item[0]), *item.args[1:]))


def _not_black(condition: Node) -> Node:
    if condition.op == "not" and _is_colour(condition[0]):
        return Node("eq", (condition[0], _BLACK), condition.lines)
    if condition.op in _JOINED:
        return condition.of(tuple([_not_black(part) for part in condition.nodes]))
    return Node("ne", (condition, _BLACK), condition.lines) if _is_colour(condition) else condition


def _is_colour(item: Node) -> bool:
    if item.op == "at":
        return item[0].op == "name" and noun_of(str(item[0].args[0])) in _GRIDS
    return item.op == "name" and noun_of(str(item.args[0])) == "colour"
