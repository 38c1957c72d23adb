"""What one sentence says for the next: `This place is the cell above cell A. The result at this place becomes …`.

A follower puts what was said in place of the words, so nothing else knows them.
"""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.phrasebook.entry import Entry, entry

WHICH = ("this", "that")
CONDITION = "condition"
NUMBER = "number"  # besides this value and that value
KINDS = ("place", "part", "value", NUMBER, CONDITION)
SPOKEN: dict[tuple[str, str], Node] = {(which, kind): Node(f"{which}_{kind}") for which in WHICH for kind in KINDS}
ENTRIES: tuple[Entry, ...] = tuple(
    entry(leaf.op, f"{which} condition holds", level=20)
    if kind == CONDITION
    else entry(leaf.op, f"{which} {kind}", level=100)
    for (which, kind), leaf in SPOKEN.items()
)


def put_in(item: Node, said: dict[Node, Node]) -> Node:
    """The construct with what was said in place of the words for it."""
    if item in said:
        return said[item]
    if not any(part in said for part in item.below):
        return item
    return Node(item.op, tuple([put_in(part, said) for part in item.nodes]))
