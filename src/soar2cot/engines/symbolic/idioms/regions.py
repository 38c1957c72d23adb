"""What idioms share in finding regions: blocks, loops with their turns, names that are free."""

from __future__ import annotations

from collections.abc import Iterator

from soar2cot.engines.symbolic.idioms.idiom import Proposal
from soar2cot.engines.symbolic.language.node import Node, node, region_lines, walk
from soar2cot.engines.symbolic.simplify.trees import TURNS, asked, asked_by_turns, pure, substitute

_VALUED = frozenset(("let", "extend", "update", "grow"))


def loops(method: Node) -> Iterator[tuple[Node, int]]:
    """(block, position) of every loop."""
    for block in walk(method):
        if block.op == "block":
            for index, item in enumerate(block.nodes):
                if item.op == "for":
                    yield block, index


def instead(block: Node, start: int, end: int, *said: Node, lines: int = 0) -> Proposal:
    """The block with `said` in place of its statements from `start` to before `end`.

    Args: lines: of what else it stands for, as a procedure that is done nowhere else.
    """
    lines |= region_lines(*block.nodes[start:end])
    new = tuple(_from_lines(item, lines) for item in said)
    return Proposal(block, Node("block", (*block.args[:start], *new, *block.args[end:]), block.lines))


def _from_lines(item: Node, lines: int) -> Node:
    """The statement, and the idiom that is its value or of which this is the set, said to come from these lines."""
    if item.op not in _VALUED:
        return item.at_lines(lines)
    value = item[-1].at_lines(lines)
    if value.op == "set_of":
        value = Node("set_of", (value[0].at_lines(lines),), value.lines)
    return Node(item.op, (*item.args[:-1], value), item.lines | lines)


def unrolled(loop: Node) -> tuple[list[Node], tuple[Node, ...]]:
    """The turns and conditions of a loop and of those straight below it, and what is done in each turn."""
    turns, body = [loop[0]], loop[1].nodes
    while True:
        body = _plainly(body, turns)
        if len(body) == 1 and body[0].op == "for":
            turns.append(body[0][0])
            body = body[0][1].nodes
        elif len(body) == 1 and body[0].op == "if" and len(body[0].args) == 2 and pure(body[0][0]):
            turns.append(node("that", body[0][0]))
            body = body[0][1].nodes
        elif len(body) > 1 and body[0].op == "if" and body[0].nodes[1:] == (node("block", Node("skip")),):
            turns.append(node("that", node("not", body[0][0])))
            body = body[1:]
        else:
            return turns, body


def _plainly(body: tuple[Node, ...], turns: list[Node]) -> tuple[Node, ...]:
    """Without names that are only short for what follows, and that no condition before asks for."""
    while len(body) > 1 and _short(body) and not any(body[0][0] in turn.names for turn in turns):
        block = substitute(Node("block", body[1:]), body[0][0], body[0][1])
        body = block.nodes
    return body


def _short(body: tuple[Node, ...]) -> bool:
    first = body[0]
    if first.op != "let" or first[0].op not in ("name", "pair") or not pure(first[1]) or first[0] in first[1].names:
        return False
    asking = [item for item in body[1:] if first[0] in item.names]
    if not asking:
        return False  # it is asked for after the loop, as a flag is
    return not any(
        part.op in ("let", "append", "add", "grow", "shrink", "extend") and part[0] == first[0]
        for item in asking
        for part in walk(item)
    )


def asked_outside(item: Node, loop: Node) -> set[Node]:
    """The names that are asked for outside the loop by what does not bind them itself."""
    if item is loop:
        return set()
    if not any(part is loop for part in item.below):
        return asked(item)
    found = asked_by_turns(item)
    for part in item.nodes:
        found |= asked_outside(part, loop) if part.op not in TURNS else set()
    return found


def starts_as(block: Node, index: int, target: Node, *ops: str) -> int | None:
    """The position of the statement that binds `target` to something of `ops`, if nothing up to `index` asks."""
    for place in range(index - 1, -1, -1):
        item = block[place]
        if item.op == "let" and item[0] == target:
            return place if item[1].op in ops else None
        if target in set(walk(item)):
            return None
    return None


def without(block: Node, place: int | None, index: int, *said: Node) -> Proposal:
    """The block with `said` in place of its statement at `index`, and without the one at `place`."""
    if place is None:
        return instead(block, index, index + 1, *said)
    found = instead(Node("block", (block[place], block[index])), 0, 2, *said).new.args
    args = (*block.args[:place], *block.args[place + 1 : index], *found, *block.args[index + 1 :])
    return Proposal(block, Node("block", args, block.lines))
