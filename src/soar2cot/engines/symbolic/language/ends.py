"""The outermost rows and columns of one thing, found in one sentence where programs take several statements."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node, all_lines, bits, rewrite, walk

ENDS = ("top", "bottom", "leftmost", "rightmost")
_TOGETHER = {"ends_down": ENDS[:2], "ends_across": ENDS[2:], "ends": ENDS}
FINDING = frozenset((*_TOGETHER, *ENDS))
_BLOCKS, _OF_ENDS = bits(["block"]), bits(FINDING)


def gather_ends(method: Node) -> Node:
    """The method with one statement for neighbouring ones that find two or all four ends of the same thing."""
    return rewrite(method, _gathered, _BLOCKS) if method.holds(_OF_ENDS) else method


def _gathered(block: Node) -> Node:
    """The outermost rows and columns of one thing are found in one sentence."""
    if block.op != "block":
        return block
    statements: list[Node] = []
    for statement in block.nodes:
        statements.append(statement)
        for n_together in (2, 4):
            joined = _joined(statements[-n_together:])
            if joined is not None:
                statements[-n_together:] = [joined]
    return block.of(tuple(statements))


def _joined(lets: list[Node]) -> Node | None:
    """One statement for several that find the ends of the same, None where they are none such."""
    if any(item.op != "let" for item in lets):
        return None
    found: dict[str, Node] = {}
    for item in lets:
        ends = _TOGETHER.get(item[1].op, (item[1].op,))
        found.update(zip(ends, item[0].nodes or (item[0],), strict=len(ends) > 1))
    op = next((op for op, ends in _TOGETHER.items() if set(ends) == set(found)), "")
    things = {item[1][0] for item in lets if item[1].op in FINDING}
    if not op or len(things) != 1 or len(set(found.values())) != len(found) or len(lets) < 2:
        return None
    thing = things.pop()
    if any(part in found.values() for part in walk(thing)):
        return None
    names = tuple(found[end] for end in _TOGETHER[op])
    lines = all_lines(*lets)
    return Node("let", (Node("both", names), Node(op, (thing,), lines)), lines)
