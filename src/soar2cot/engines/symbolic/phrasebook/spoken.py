"""What one sentence says for the next: `This place is the cell above cell A. The result at this place becomes …`.

A follower puts what was said in place of the words, so nothing else knows them.
"""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.phrase import ANY
from soar2cot.engines.symbolic.phrasebook.entry import Entry, entry, of_category

WHICH = ("this", "that")
CONDITIONS = ("condition", "requirement")  # the second where two conditions were said, as of the others
PLACES_SAID = ("place", "position")
VALUES = ("value", "term")
LISTS = ("list",)
NUMBER = "number"  # besides this value and that value
KINDS = (*PLACES_SAID, "part", *LISTS, *VALUES, NUMBER, *CONDITIONS)
SPOKEN: dict[tuple[str, str], Node] = {(which, kind): Node(f"{which}_{kind}") for which in WHICH for kind in KINDS}
ENTRIES: tuple[Entry, ...] = (
    *(
        entry(leaf.op, f"{which} {kind} holds", level=20)
        if kind in CONDITIONS
        else entry(leaf.op, f"{which} {kind}", level=100)
        for (which, kind), leaf in SPOKEN.items()
    ),
    of_category(ANY, "any_of", "for any {0:t} ,"),  # before what is said of all that a sentence goes through
    of_category(ANY, "any_of_these", "for {0:t} ,"),  # `for numbers A and B, this value is …`
)


def put_in(item: Node, said: dict[Node, Node]) -> Node:
    """The construct with what was said in place of the words for it."""
    if item in said:
        return said[item]
    if not any(part in said for part in item.below):
        return item
    return Node(item.op, tuple([put_in(part, said) for part in item.nodes]))
