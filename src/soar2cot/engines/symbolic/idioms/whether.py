"""A flag that a loop turns over, a procedure that gives its verdict in the middle of one: whether something holds for
some turn, or for none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.idioms.regions import instead, loops, starts_as, unrolled, without
from soar2cot.engines.symbolic.language.node import Node, all_lines, node
from soar2cot.engines.symbolic.simplify.trees import names_in, pure

_OPPOSITE = {"true": "false", "false": "true"}
_LEAVE = Node("leave")


def propose(method: Node) -> Iterator[Proposal]:
    """Loops that only turn a flag over; loops that end a procedure with a verdict which otherwise follows them."""
    for block, index in loops(method):
        loop = _calmed(block[index])
        turns, body = unrolled(loop)
        found = _verdict(body)
        if found is None:
            continue
        told, asked = found
        if turns[-1].op == "that":
            asked = turns[-1][0] if asked is None else node("and", turns[-1][0], asked)
            turns = turns[:-1]
        if asked is not None and all(map(pure, (asked, *turns))):
            yield from _said(block, index, told, Node("given", (asked, *turns)))


def _said(block: Node, index: int, told: Node, given: Node) -> Iterator[Proposal]:
    value = told[-1]
    some = Node("any", (given,), all_lines(block[index]))
    asked = some if value.op == "true" else node("not", some)
    if told.op == "let":
        start = starts_as(block, index, told[0], _OPPOSITE[value.op])
        if start is not None and told[0] not in names_in(given):
            yield without(block, start, index, node("let", told[0], asked))
    elif block.nodes[index + 1 :] == (node("give", Node(_OPPOSITE[value.op])),):
        yield instead(block, index, index + 2, node("give", asked))


def _calmed(loop: Node) -> Node:
    """The loop without a last `if the flag holds, stop this loop` behind a loop within: that only saves time."""
    body = loop[1].nodes
    if (
        len(body) > 1
        and body[-2].op == "for"
        and body[-1].op == "if"
        and body[-1].nodes[1:] == (node("block", _LEAVE),)
    ):
        noted = _verdict(unrolled(_calmed(body[-2]))[1])
        flag = body[-1][0][0] if body[-1][0].op == "not" else body[-1][0]
        if noted is not None and noted[0].op == "let" and noted[0][0] == flag:
            body = body[:-1]
    body = tuple(_calmed(item) if item.op == "for" else item for item in body)
    return Node(loop.op, (loop[0], Node("block", body)), loop.lines)


def _verdict(body: tuple[Node, ...]) -> tuple[Node, Node | None] | None:
    """(what is told: `let the flag be true`, `give false`; on which condition, None for none)."""
    first = body[0] if body else _LEAVE
    if first.op in ("let", "give") and first[-1].op in _OPPOSITE and body[1:] in ((), (_LEAVE,)):
        return first, None
    found = [_choice(item) for item in body]
    told = {item[0] for item in found if item is not None}
    if not found or None in found or len(told) != 1:
        return None
    return told.pop(), reduce(lambda a, b: node("or", a, b), [item[1] for item in found if item is not None])


def _choice(item: Node) -> tuple[Node, Node] | None:
    """A choice that tells the verdict, `otherwise` the same on another condition."""
    found = _verdict(item[1].nodes) if item.op == "if" else None
    if found is None:
        return None
    asked = item[0] if found[1] is None else node("and", item[0], found[1])
    if len(item.args) == 2:
        return found[0], asked
    other = _verdict(item[2].nodes)
    if other is None or other[0] != found[0] or other[1] is None:
        return None
    return found[0], node("or", asked, other[1])


IDIOM = Idiom(
    id="whether",
    concepts=("is there any", "are all", "touches", "flag"),
    propose=propose,
    licenses=("changed_beside", "kept"),
)
