"""Sentences that would be too long, as several: a condition of many parts becomes conditions below each other."""

from __future__ import annotations

from functools import reduce

from soar2cot.engines.symbolic.language.counting import MAX_WORDS, n_words
from soar2cot.engines.symbolic.language.node import Node, bits, node, rewrite
from soar2cot.engines.symbolic.language.truths import negated
from soar2cot.engines.symbolic.phrasebook.shorten import shorten


def split_conditions(method: Node) -> Node:
    """`if a and b: c` as `if a: if b: c` where both are too much for one sentence, and `while a and b: c` as a loop
    that is left where not a and where not b. Means the same."""
    return rewrite(method, _split, bits(["if", "while"]))


def _split(item: Node) -> Node:
    if item.op == "while" and _length(item[0]) >= MAX_WORDS:
        leaving = [
            Node("if", (group[0] if group.op == "not" else negated(group), _LEAVE), item.lines)
            for group in _groups(_parts(item[0]))
        ]
        return Node("forever", (Node("block", (*leaving, *item[1].nodes), item[1].lines),), item.lines)
    if item.op != "if" or len(item.args) != 2 or item[0].op != "and" or _length(item[0]) < MAX_WORDS:
        return item
    block = item[1]
    for condition in reversed(_groups(_parts(item[0]))):
        block = Node("block", (Node("if", (condition, block), item.lines),))
    return block[0]


_LEAVE = Node("block", (Node("leave"),))


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
    if condition.op != "and" or holds_there(condition[0], condition[1]):
        return [condition]
    return [*_parts(condition[0]), *_parts(condition[1])]


def holds_there(inside: Node, compared: Node) -> bool:
    """Whether both are said in one breath: a place lies inside a grid, and the grid holds a colour there or another."""
    if inside.op != "inside" or compared.op not in ("eq", "ne"):
        return False
    return compared[0] == Node("at", (inside[1], inside[0]))


def _length(condition: Node) -> int:
    return n_words(shorten(condition))
