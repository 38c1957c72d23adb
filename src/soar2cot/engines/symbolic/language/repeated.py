"""Loops that stand one after the other and differ in one colour, as one loop for each of the colours."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.names import free_name
from soar2cot.engines.symbolic.language.node import LOOPS, Arg, Node, all_lines, bits, node, rewrite
from soar2cot.engines.symbolic.phrasebook.shorten import filled

_FEWEST = 3  # of which the colours are said in a list
_OPEN = Node("hole", (0,))


def for_each_colour(method: Node) -> Node:
    """`for each colour in [red, blue, green]: …` for three loops that say the same of red, blue and green."""
    names = method

    def joined(block: Node) -> Node:
        nonlocal names
        if block.op != "block":
            return block
        statements: list[Node] = []
        at = 0
        while at < len(block.nodes):
            form, colours = _run(block.nodes[at:])
            if form is None or len(colours) < _FEWEST:
                statements.append(block.nodes[at])
                at += 1
                continue
            label = free_name(names, "colour")
            names = Node("", (names, label))
            lines = all_lines(*block.nodes[at : at + len(colours)])
            turn = node("each", label, Node("list", tuple(colours)))
            statements.append(Node("for", (turn, Node("block", (filled(form, (label,)),))), lines))
            at += len(colours)
        return block if len(statements) == len(block.nodes) else block.of(tuple(statements))

    return rewrite(method, joined, bits(LOOPS))


def _run(statements: tuple[Node, ...]) -> tuple[Node | None, list[Node]]:
    """What the statements from the first on have in common, and the colours in which they differ."""
    first = statements[0]
    form: Node | None = None
    colours: list[Node] = []
    for other in statements[1:] if first.op in LOOPS else ():
        found: list[tuple[Node, Node]] = []
        opened = _opened(first, other, found)
        if opened is None or len(set(found)) != 1 or form not in (None, opened):
            break
        form = opened
        colours = [*(colours or [found[0][0]]), found[0][1]]
    return form, colours


def _opened(one: Node, other: Node, found: list[tuple[Node, Node]]) -> Node | None:
    """The construct with a gap where the other one has another colour; None where they differ in something else."""
    if one == other:
        return one
    if one.op == other.op == "colour":
        found.append((one, other))
        return _OPEN
    if one.op != other.op or len(one.args) != len(other.args):
        return None
    args: list[Arg] = []
    for part, beside in zip(one.args, other.args, strict=True):
        if isinstance(part, Node) and isinstance(beside, Node):
            opened = _opened(part, beside, found)
            if opened is None:
                return None
            args.append(opened)
        elif part == beside:
            args.append(part)
        else:
            return None
    return one.of(tuple(args))
