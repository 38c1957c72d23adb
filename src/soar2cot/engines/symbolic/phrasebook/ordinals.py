"""Rows, columns and cells that never change, said by where they lie: the third cell of the top row.

Such words are short for a construct with plain numbers, as all of `short`: they are put in last and read first.
"""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node, integer, node
from soar2cot.engines.symbolic.phrasebook.entry import Entry, entry

_ONES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_TEENS = (
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
_TWENTIES = (*(f"twenty-{word}" for word in _ONES[:9]), "thirtieth")
_FROM_START = dict(enumerate((*_ONES, *_TEENS, *_TWENTIES)))
_FROM_END = {-1: "last", -2: "second-last", -3: "third-last"}
_ORDINALS = {**_FROM_START, **_FROM_END}
_EDGES = {0: "top", -1: "bottom"}
_SIDES = {0: "left", -1: "right"}
_HOLE = Node("hole", (0,))


def _label(place: int) -> str:
    return str(place) if place >= 0 else f"end{-place}"


# which row a cell lies in; only within the words of a cell
LINES = {integer(row): Node(f"line_{_label(row)}") for row in _ORDINALS}
LINE_ROWS: tuple[tuple[Entry, Node], ...] = tuple(
    (entry(line.op, f"the {_EDGES.get(row, word)} row", level=100), integer(row))
    for (row, word), line in zip(_ORDINALS.items(), LINES.values(), strict=True)
)
ROWS: tuple[tuple[Entry, Node], ...] = (
    *(
        (
            entry(f"corner_{edge}_{side}", f"the {edge} {side} cell", level=100),
            node("at_rc", integer(row), integer(column)),
        )
        for row, edge in _EDGES.items()
        for column, side in _SIDES.items()
    ),
    *(
        (
            entry(f"cell_{_label(column)}", f"the {word} cell of {{0:100}}", level=100),
            node("at_rc", Node("hole", (0, "line")), integer(column)),
        )
        for column, word in _ORDINALS.items()
    ),
    *(
        (
            entry(f"row_cell_{_label(column)}", f"the {word} cell of row {{0:60}}"),
            node("at_rc", _HOLE, integer(column)),
        )
        for column, word in _ORDINALS.items()
    ),
    (
        entry("line_cell", "the cell of {0:100} in column {1:60}"),
        node("at_rc", Node("hole", (0, "line")), Node("hole", (1,))),
    ),
    *(
        (entry(f"{line}_{_label(place)}", f"the {word} {line} of {{0}}"), node(line, _HOLE, integer(place)))
        for line in ("row", "column")
        for place, word in _ORDINALS.items()
    ),
)
