"""Searches: a loop that does something at the first turn for which a condition holds, and stops there.

The text says `for the first … where …`, or `until one is found, for each …` where the condition stands below.
"""

from __future__ import annotations

from collections.abc import Iterator

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.idioms.regions import loops, unrolled
from soar2cot.engines.symbolic.language.node import Node, bits, node
from soar2cot.engines.symbolic.simplify.trees import pure

_ENDS = frozenset(("leave", "give", "answer", "stop"))
_ENDING = bits(_ENDS)
_LOOPS = frozenset(("for", "for_every", "for_over", "for_else", "for_first", "while", "forever", "define"))


def propose(method: Node) -> Iterator[Proposal]:
    """Loops that do nothing in the turns before the one that ends them."""
    for block, index in loops(method):
        loop = block[index]
        if not loop[1].holds(_ENDING):
            continue
        (turn, *conditions), body = unrolled(loop)
        if not conditions or any(item.op != "that" for item in conditions) or not pure(turn):
            continue
        if len(body) > 1 and body[-1].op in _ENDS and not any(map(_turns_off, body[:-1])):
            done = Node("block", body[:-1] if body[-1].op == "leave" else body)
        elif len(body) == 1 and body[0].op in _ENDS - {"leave"}:
            done = Node("block", body)
        else:
            continue
        if done[0].op == "if" and len(done.args) == 1:
            continue  # it would be one more condition of the search
        for item in reversed(conditions):
            done = Node("block", (Node("if", (item[0], done), item.lines),), loop[1].lines)
        yield Proposal(loop, node("for_first", turn, done))


def _turns_off(item: Node) -> bool:
    """Whether a statement may end the turn, or the loop, by itself."""
    if item.op in _LOOPS:
        return False
    return item.op in ("leave", "skip") or any(map(_turns_off, item.nodes))


IDIOM = Idiom(
    id="first",
    concepts=("search", "the first that", "until found", "stop at"),
    propose=propose,
    licenses=("rank_becomes", "changed_to"),
)
