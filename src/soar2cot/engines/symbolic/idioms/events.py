"""How much of what a program does lies inside idioms, counted in events.

An event is one execution of a statement, or one turn of a loop or of a list made turn by turn: what a line trace
sees. Counted while following, on every grid, before any idiom was put in (all events) and with the idioms (the events
that are still told one by one). What passes other than idioms shorten counts on neither side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from soar2cot.engines.symbolic.follow.follower import run
from soar2cot.engines.symbolic.follow.statements import python_of
from soar2cot.engines.symbolic.idioms.library import IDIOMS
from soar2cot.engines.symbolic.language.node import Node, walk
from soar2cot.engines.symbolic.phrasebook import arrays, more
from soar2cot.records import Grid

MAX_STEPS = 3_000_000
_MEANT = frozenset(item.phrase.op for item in (*arrays.ENTRIES, *more.ENTRIES) if item.sources)
_PARTS = frozenset(("height", "width", "shape", "copy"))


def shares(plain: Node, named: Node, inputs: Sequence[Grid]) -> tuple[int, int] | None:
    """(events inside idioms, all events) over all grids; None where following takes too long or fails."""
    everything = _events(plain, inputs, frozenset())
    left = _events(named, inputs, idiom_ops())
    if everything is None or left is None:
        return None
    return max(everything - left, 0), everything


def idiom_ops() -> frozenset[str]:
    """The constructs that are idioms: those of the library, and calls of numpy, scipy and collections that mean one."""
    return (
        frozenset(("for_every", "for_over")) | frozenset(op for idiom in IDIOMS for op in idiom.ops) | (_MEANT - _PARTS)
    )


def _events(method: Node, inputs: Sequence[Grid], inside: frozenset[str]) -> int | None:
    text, blocks = python_of(method, marks=True)
    weights = _weights(method, inside)
    code = compile(text, "<method>", "exec")
    total = 0
    for grid in inputs:
        ran: Counter[int] = Counter()

        def mark(number: int, ran: Counter[int] = ran) -> None:
            ran[number] += 1

        found = run(code, grid, steps=MAX_STEPS, names={"mark": mark, **({"E": _uncounted} if inside else {})})
        if found.grid is None:
            return None
        total += found.n_steps + sum(times * weights[id(blocks[number])] for number, times in ran.items())
    return total


def _uncounted(items: Iterable[object]) -> Iterator[object]:
    return iter(items)


def _weights(method: Node, inside: frozenset[str]) -> Counter[int]:
    """How many statements of each block are told one by one."""
    weights: Counter[int] = Counter()
    hidden = {id(part) for item in walk(method) if item.op in inside and _blocks(item) for part in walk(item)}
    for block in walk(method):
        if block.op == "block" and id(block) not in hidden:
            weights[id(block)] = sum(not _is_named(item, inside) for item in block.nodes)
    return weights


def _blocks(item: Node) -> bool:
    return any(part.op == "block" for part in item.nodes)


def _is_named(item: Node, inside: frozenset[str]) -> bool:
    """Whether an idiom says the whole statement: it is one, or binds or answers what one gives."""
    if item.op in ("let", "put", "answer", "give"):
        return item.nodes[-1].op in inside
    return item.op in inside
