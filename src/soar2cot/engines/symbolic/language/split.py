"""Sentences that would be too long, as several: a condition of many parts becomes conditions below each other."""

from __future__ import annotations

from functools import reduce

from soar2cot.engines.symbolic.language.layout import MAX_WORDS, length
from soar2cot.engines.symbolic.language.node import Node, node, rewrite
from soar2cot.engines.symbolic.language.writer import say
from soar2cot.engines.symbolic.phrasebook.short import shorten


def split_conditions(method: Node) -> Node:
    """`if a and b: c` as `if a: if b: c` where both are too much for one sentence. Means the same.

    Raises: CannotSayError: a condition has no words.
    """
    return rewrite(method, _split)


def _split(item: Node) -> Node:
    if item.op != "if" or len(item.args) != 2 or item[0].op != "and" or _length(item[0]) < MAX_WORDS:
        return item
    block = item[1]
    for condition in reversed(_groups(_parts(item[0]))):
        block = Node("block", (Node("if", (condition, block), item.lines),))
    return block[0]


def _groups(parts: list[Node]) -> list[Node]:
    """As many parts together as a sentence holds, in their order."""
    groups: list[list[Node]] = []
    for part in parts:
        if groups and _length(_joined([*groups[-1], part])) < MAX_WORDS:
            groups[-1].append(part)
        else:
            groups.append([part])
    return [_joined(group) for group in groups]


def _joined(parts: list[Node]) -> Node:
    return reduce(lambda a, b: node("and", a, b), parts)


def _parts(condition: Node) -> list[Node]:
    return [*_parts(condition[0]), *_parts(condition[1])] if condition.op == "and" else [condition]


def _length(condition: Node) -> int:
    return length(say(shorten(condition), 7))
