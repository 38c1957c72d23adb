"""Turns in other words than `for each`: of how many of them something holds, and what is gathered from them."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.phrase import EACH, EVERY, LEADS, NO, SOME, STATEMENT, Phrase
from soar2cot.engines.symbolic.phrasebook import short, statements
from soar2cot.engines.symbolic.phrasebook.entry import Entry, entry, of_category

_TURNS = tuple(row.phrase for row in (*statements.ENTRIES, *short.ENTRIES) if row.phrase.category == EACH)
TURNS = frozenset(turn.op for turn in _TURNS)
QUANTIFIED = {SOME: "for_some", NO: "for_no", EVERY: "for_every_turn"}
GATHERED = {"listed": "each_listed", "gathered": "each_gathered", "max": "each_max", "min": "each_min"}
EXTREMES = {
    "least_of": "least", "greatest_of": "greatest", "last_least_of": "last least", "last_greatest_of": "last greatest"
}  # fmt: skip
CHOSEN = {op: f"each_{op}" for op in EXTREMES}  # what goes through the turns is what is chosen from


def _in_category(turn: Phrase, category: str) -> Entry:
    """The same turn with the leading words of a category; a condition on turns has the same words in all."""
    lead = LEADS[category] if turn.pieces[0] == "for" else ()
    pieces = (*lead, *turn.pieces[2:]) if lead else turn.pieces
    return Entry(Phrase(f"{category} {turn.op}", category, 0, pieces))


ENTRIES: tuple[Entry, ...] = (
    *(_in_category(turn, category) for category in LEADS for turn in _TURNS),
    *(entry(op, f"{{0:8}} {{*1:{category}}}", level=7) for category, op in QUANTIFIED.items()),
    *(entry(f"its_{what}", f"its {what}", level=100) for what in ("row", "column", "colour")),  # of that cell
    entry("whether", "whether {0:7}", level=4),  # a question that is a value
    entry("there", "{0} there", level=54),  # at the cell that the innermost loop goes through
    entry("colour_of", "{0} 's colour", level=70),  # in the grid whose cells the loop goes through
    of_category(STATEMENT, "paint", "paint {0:60} {1:55} at {*2|, at}"),
    of_category(STATEMENT, "recolour", "recolour {0:50} , {*1|,}"),
    entry("each_listed", "a list of {*0:of_each}", level=4),
    entry("each_gathered", "a set of {*0:of_each}", level=4),
    entry("each_max", "the largest of {*0:of_each}", level=4),
    entry("each_min", "the smallest of {*0:of_each}", level=4),
    *(entry(CHOSEN[op], f"the one with {end} {{0:21}} of {{*1:of_each}}", level=4) for op, end in EXTREMES.items()),
)


def said_as(category: str, turns: tuple[Node, ...]) -> tuple[Node, ...]:
    """The turns in the words of a category."""
    return tuple(Node(f"{category} {turn.op}", turn.args, turn.lines) for turn in turns)


def said_plainly(turns: tuple[Node, ...]) -> tuple[Node, ...]:
    """The reverse of `said_as`."""
    return tuple(Node(turn.op.split(" ", 1)[1], turn.args, turn.lines) for turn in turns)
