"""Short words for what is often said: each stands for a longer construct, exactly.

A text is written with the short words wherever they fit. Whoever reads it puts the longer construct in their place, so
nothing that works with constructs knows them.
"""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node, integer, node
from soar2cot.engines.symbolic.language.phrase import EACH
from soar2cot.engines.symbolic.phrasebook.entry import Entry, entry, of_category
from soar2cot.engines.symbolic.phrasebook.ordinals import LINE_ROWS, LINES, ROWS
from soar2cot.engines.symbolic.phrasebook.places import STEPS

_HOLES = tuple(Node("hole", (index,)) for index in range(3))
_A, _B, _C = _HOLES
_AXIS = Node("hole", (0, "axis"))  # the row or the column of a cell
_SLID = {"up_by": "above", "down_by": "below", "left_by": "left of", "right_by": "right of"}
_STEP_WORDS = {
    "above": "just above", "below": "just below", "left": "left of", "right": "right of", "up_left": "up-left of",
    "up_right": "up-right of", "down_left": "down-left of", "down_right": "down-right of",
}  # fmt: skip


def _rows() -> list[tuple[Entry, Node]]:
    """(words, what they stand for), the larger constructs first."""
    found = [
        (entry(f"at_{op}", f"{{0}} {_STEP_WORDS[op]} {{1:53}}", level=54), node("at", _A, node(op, _B))) for op in STEPS
    ]
    found += [_near(first, second) for first in ("up_by", "down_by") for second in ("left_by", "right_by")]
    found += [(entry(f"near_{op}", f"the cell {{1:60}} {_SLID[op]} {{0:53}}"), node(op, _A, _B)) for op in _SLID]
    found += [
        (_turn("down_rows", "for each {0:t} down {1:30}"), node("each_below", _A, node("height", _B))),
        (_turn("across_columns", "for each {0:t} across {1:30}"), node("each_below", _A, node("width", _B))),
        (_turn("axis_below", "for {0:70} below {1:30}"), node("each_below", _AXIS, _B)),
        (_turn("axis_from_below", "for {0:70} from {1:30} to before {2:30}"), node("from_below", _AXIS, _B, _C)),
        (_turn("axis_from_to", "for {0:70} from {1:30} to {2:30}"), node("from_to", _AXIS, _B, _C)),
        (_turn("axis_down_to", "for {0:70} from {1:30} down to {2:30}"), node("down_to", _AXIS, _B, _C)),
        (
            entry("steps_between", "the steps between {0:53} and {1:53}"),
            node("plus", _apart("row_of"), _apart("column_of")),
        ),
        (entry("row_at", "the row of {1:53} in {0:53}"), node("whole_row", _A, node("row_of", _B))),
        (entry("column_at", "the column of {1:53} in {0:53}"), node("whole_column", _A, node("column_of", _B))),
        (
            entry("in_last_row", "{0:21} lies in the last row of {1:53}", level=20),
            node("eq", node("row_of", _A), node("minus", node("height", _B), integer(1))),
        ),
        (
            entry("in_last_column", "{0:21} lies in the last column of {1:53}", level=20),
            node("eq", node("column_of", _A), node("minus", node("width", _B), integer(1))),
        ),
    ]
    return [*found, *_measured(), *ROWS]


def _measured() -> list[tuple[Entry, Node]]:
    """Sizes that are no cells: `4 by 5`."""
    size, of_shape = node("tuple", _B, _C), node("shape", _A)
    return [
        (entry("measures", "{0:21} measures {1} by {2}", level=20), node("eq", of_shape, size)),
        (entry("measures_not", "{0:21} does not measure {1} by {2}", level=20), node("ne", of_shape, size)),
        (entry("resized", "{0} resized to {1:60} by {2}", level=60), node("resize", _A, size)),
        (entry("filled", "an array of {0:60} by {1:60} filled with {2}"), node("full", node("tuple", _A, _B), _C)),
    ]


def _near(first: str, second: str) -> tuple[Entry, Node]:
    down, right = first.removesuffix("_by"), second.removesuffix("_by")
    words = f"the cell {{1:60}} {down} and {{2:60}} {right} from {{0:53}}"
    return entry(f"near_{down}_{right}", words), node(second, node(first, _A, _B), _C)


def _turn(op: str, words: str) -> Entry:
    return of_category(EACH, op, words)


def _apart(part: str) -> Node:
    return node("abs", node("minus", node(part, _A), node(part, _B)))


_ROWS = _rows()
ENTRIES: tuple[Entry, ...] = tuple(row for row, _ in (*_ROWS, *LINE_ROWS))
_LONG: dict[str, Node] = {row.phrase.op: line for row, line in LINE_ROWS}
_SHORT: dict[str, list[tuple[str, Node]]] = {}
for _entry, _meaning in _ROWS:
    _short_op = _entry.phrase.op
    _LONG[_short_op] = _meaning
    _SHORT.setdefault(_meaning.op, []).append((_short_op, _meaning))


def shorten(item: Node) -> Node:
    """The construct with short words wherever they fit, the outermost first."""
    for op, meaning in _SHORT.get(item.op, ()):
        parts: dict[int, Node] = {}
        if _fits(meaning, item, parts):
            if meaning.op == "at_rc":
                return Node(op, tuple(LINES[part] for part in parts.values()), item.lines)
            return Node(op, tuple(shorten(parts[index]) for index in sorted(parts)), item.lines)
    if not item.args:
        return item
    return Node(item.op, tuple(shorten(part) if isinstance(part, Node) else part for part in item.args), item.lines)


def lengthen(item: Node) -> Node:
    """What the short words of a construct stand for; the reverse of `shorten`."""
    if not item.args:
        return _LONG.get(item.op, item)
    args = tuple(lengthen(part) if isinstance(part, Node) else part for part in item.args)
    meaning = _LONG.get(item.op)
    return Node(item.op, args) if meaning is None else _filled(meaning, Node(item.op, args).nodes)


def _fits(meaning: Node, item: Node, parts: dict[int, Node]) -> bool:
    if meaning.op == "hole":
        kind = meaning.args[1:]
        fits = not kind or (item.op in ("row_of", "column_of") if kind == ("axis",) else item in LINES)
        return fits and parts.setdefault(int(str(meaning.args[0])), item) == item
    if meaning.op != item.op or len(meaning.args) != len(item.args):
        return False
    return all(
        _fits(part, other, parts) if isinstance(part, Node) and isinstance(other, Node) else part == other
        for part, other in zip(meaning.args, item.args, strict=True)
    )


def _filled(meaning: Node, parts: tuple[Node, ...]) -> Node:
    if meaning.op == "hole":
        return parts[int(str(meaning.args[0]))]
    return Node(meaning.op, tuple(_filled(part, parts) if isinstance(part, Node) else part for part in meaning.args))
