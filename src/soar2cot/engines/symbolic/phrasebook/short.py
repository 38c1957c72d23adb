"""Short words for what is often said: each stands for a longer construct, exactly.

A text is written with the short words wherever they fit. Whoever reads it puts the longer construct in their place, so
nothing that works with constructs knows them.
"""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Arg, Node, integer, node
from soar2cot.engines.symbolic.language.phrase import EACH, STATEMENT
from soar2cot.engines.symbolic.phrasebook import wholes
from soar2cot.engines.symbolic.phrasebook.entry import Entry, entry, of_category
from soar2cot.engines.symbolic.phrasebook.ordinals import LINE_ROWS, ROWS
from soar2cot.engines.symbolic.phrasebook.places import STEPS

_A, _B, _C, _D, _E = (Node("hole", (index,)) for index in range(5))
_THE = Node("hole", (1, "the"))  # a quantity without a letter, or the row or column of a cell
_SLID = {"up_by": "above", "down_by": "below", "left_by": "left of", "right_by": "right of"}
RANGES = ("lines", "lines_before", "lines_before_through", "lines_through_before")  # rows … to …, columns … to …
_STEP_WORDS = {
    "above": "just above", "below": "just below", "left": "left of", "right": "right of", "up_left": "up-left of",
    "up_right": "up-right of", "down_left": "down-left of", "down_right": "down-right of",
}  # fmt: skip


def _rows() -> list[tuple[Entry, Node]]:
    """(words, what they stand for), the larger constructs first."""
    found = [
        (entry(f"at_{op}", f"{{0}} {_STEP_WORDS[op]} {{1:53}}", level=54), node("at", _A, node(op, _B))) for op in STEPS
    ]
    found += [_near_at(first, second) for first in ("up_by", "down_by") for second in ("left_by", "right_by")]
    found += [_near(first, second) for first in ("up_by", "down_by") for second in ("left_by", "right_by")]
    found += [
        (entry(f"far_{op}", f"the cell at {{1:60}} {_SLID[op]} {{0:53}}"), node(op, _A, Node("hole", (1, "distance"))))
        for op in _SLID
    ]
    found += [(entry(f"near_{op}", f"the cell {{1:60}} {_SLID[op]} {{0:53}}"), node(op, _A, _B)) for op in _SLID]
    found += [
        (_turn("cells_square", "for each {0:t} of {1:40} rows and columns"), node("cells_size", _A, _B, _B)),
        *(
            (
                _turn(
                    f"near_{by}",
                    f"for each {{0:t}} in the {2 * by + 1} by {2 * by + 1} block around {{1:30}} in {{2:30}}",
                ),
                node("near_cells", _A, integer(by), _B, _C),
            )
            for by in (1, 2, 3)
        ),
        (_turn("down_rows", "for each {0:t} down {1:30}"), node("each_below", _A, node("height", _B))),
        (_turn("across_columns", "for each {0:t} across {1:30}"), node("each_below", _A, node("width", _B))),
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
    return [*found, *_measured(), *_asked(), *_parts(), *wholes.ROWS, *_chosen(), *_shaped(), *ROWS]


def _measured() -> list[tuple[Entry, Node]]:
    """Sizes that are no cells: `4 by 5`."""
    size, of_shape = node("tuple", _B, _C), node("shape", _A)
    return [
        (entry("measures", "{0:21} measures {1} by {2}", level=20), node("eq", of_shape, size)),
        (entry("measures_not", "{0:21} does not measure {1} by {2}", level=20), node("ne", of_shape, size)),
        (entry("resized", "{0} resized to {1:60} by {2}", level=60), node("resize", _A, size)),
    ]


def _near(first: str, second: str) -> tuple[Entry, Node]:
    down, right = first.removesuffix("_by"), second.removesuffix("_by")
    words = f"the cell {{1:60}} {down} and {{2:60}} {right} from {{0:53}}"
    return entry(f"near_{down}_{right}", words), node(second, node(first, _A, _B), _C)


def _near_at(first: str, second: str) -> tuple[Entry, Node]:
    down, right = first.removesuffix("_by"), second.removesuffix("_by")
    words = f"{{0}} at {{2:60}} {down} and {{3:60}} {right} from {{1:53}}"
    place = node(second, node(first, _B, _C), _D)
    return entry(f"at_near_{down}_{right}", words, level=54), node("at", _A, place)


def _asked() -> list[tuple[Entry, Node]]:
    """What is asked of a value, or of all cells at once."""
    equal, unequal = node("eq", _A, _B), node("ne", _A, _B)
    return [
        (entry("everywhere", "{0:21} is {1:21} everywhere", level=20), node("np_all", equal)),
        (entry("somewhere", "{0:21} is {1:21} somewhere", level=20), node("np_any", equal)),
        (entry("somewhere_not", "{0:21} is not {1:21} somewhere", level=20), node("np_any", unequal)),
        (entry("nowhere", "{0:21} is nowhere {1:21}", level=20), node("np_all", unequal)),
        (entry("how_many_are", "how many cells of {0:53} are {1:53}"), node("np_sum", equal)),
        (entry("how_many_are_not", "how many cells of {0:53} are not {1:53}"), node("np_sum", unequal)),
        (entry("count_are", "the count of cells of {0:53} that are {1:53}"), node("count_nonzero", equal)),
        (
            entry("either3", "{0:21} is either {1} , {2} or {3:21}", level=20),
            node("or", node("or", equal, node("eq", _A, _C)), node("eq", _A, _D)),
        ),
        *_held(),
        (
            entry("one_set", "exactly one of {0:53} and {1:53} is set", level=20),
            node("one_marked", node("bool_of", _A), node("bool_of", _B)),
        ),
        (entry("either", "{0:21} is either {1} or {2:21}", level=20), node("or", equal, node("eq", _A, _C))),
        (entry("neither", "{0:21} is neither {1} nor {2:21}", level=20), node("and", unequal, node("ne", _A, _C))),
        *(
            (entry(f"{op}_{line}", words), node(op, _A, integer(axis)))
            for axis, line in enumerate(("column", "row"))
            for op, words in (
                ("np_min_axis", f"the {line} minima of {{0}}"),
                ("np_max_axis", f"the {line} maxima of {{0}}"),
                ("np_sum_axis", f"the {line} totals of {{0}}"),
                ("np_any_axis", f"which {line}s of {{0}} have something set"),
                ("np_all_axis", f"which {line}s of {{0}} are wholly set"),
            )
        ),
    ]


def _held() -> list[tuple[Entry, Node]]:
    """A place that lies inside a grid and holds a colour there, or another."""
    found: list[tuple[Entry, Node]] = []
    for op, words in (*_STEP_WORDS.items(), ("", "at")):
        place = node(op, _B) if op else _B
        for asked, has in (("eq", "has"), ("ne", "has other than")):
            row = entry(f"{asked}_held_{op or 'at'}", f"{{0:21}} {has} {{2:55}} {words} {{1:53}}", level=20)
            found.append((row, node("and", node("inside", place, _A), node(asked, node("at", _A, place), _C))))
    return found


def _parts() -> list[tuple[Entry, Node]]:
    """Blocks and boxes of a grid."""
    box = (node("top", _B), node("bottom", _B), node("leftmost", _B), node("rightmost", _B))

    def part(rows: Node, columns: Node) -> Node:
        return node("part", _A, rows, columns)

    def from_size(start: Node, size: Node) -> Node:
        return node("from_before", start, node("plus", start, size))

    def around(axis: str, by: int) -> Node:
        middle = node(axis, _B)
        return node("from_before", node("minus", middle, integer(by)), node("plus", middle, integer(by + 1)))

    return [
        (
            entry("box_around", "the box around {1:53} in {0:53}"),
            part(node("through", *box[:2]), node("through", *box[2:])),
        ),
        (_turn("cells_around", "for each {0:t} in the box around {1:30}"), node("cells_box", _A, *box)),
        *(
            (
                entry(f"around_{by}", f"the block of {2 * by + 1} by {2 * by + 1} around {{1:53}} in {{0:53}}"),
                part(around("row_of", by), around("column_of", by)),
            )
            for by in (1, 2)
        ),
        (
            entry("block_at", "{0:70} 's block of {2:60} by {3:60} from {1:53}", level=70),
            part(from_size(node("row_of", _B), _C), from_size(node("column_of", _B), _D)),
        ),
        (
            entry("block_from", "{0:70} 's block of {3:60} by {4:60} from row {1:60} , column {2:60}", level=70),
            part(from_size(Node("hole", (1, "changing")), _D), from_size(_C, _E)),
        ),
        (
            entry("lines", "rows {1} to {2} , columns {3} to {4} of {0:53}"),
            part(node("through", _B, _C), node("through", _D, _E)),
        ),
        (
            entry("lines_before", "rows {1} to before {2} , columns {3} to before {4} of {0:53}"),
            part(node("from_before", _B, _C), node("from_before", _D, _E)),
        ),
        (
            entry("lines_before_through", "rows {1} to before {2} , columns {3} to {4} of {0:53}"),
            part(node("from_before", _B, _C), node("through", _D, _E)),
        ),
        (
            entry("lines_through_before", "rows {1} to {2} , columns {3} to before {4} of {0:53}"),
            part(node("through", _B, _C), node("from_before", _D, _E)),
        ),
    ]


def _padded() -> list[tuple[Entry, Node]]:
    """Cells put around a grid."""
    even, sides = (
        "padded by {1:60} on every side",
        "padded by {1:60} above , {2:60} below , {3:60} left and {4:60} right",
    )
    alike = node("tuple", node("tuple", _B, _B), node("tuple", _B, _B))
    unlike = node("tuple", node("tuple", _B, _C), node("tuple", _D, _E))
    last = Node("hole", (5,))
    return [
        (entry("pad_even", f"{{0}} {even} with {{2}}", level=60), node("pad_constant", _A, alike, _C)),
        (entry("pad_even_zero", f"{{0}} {even}", level=60), node("pad_zero", _A, alike)),
        (entry("pad_sides", f"{{0}} {sides} with {{5}}", level=60), node("pad_constant", _A, unlike, last)),
        (entry("pad_sides_zero", f"{{0}} {sides}", level=60), node("pad_zero", _A, unlike)),
    ]


def _shaped() -> list[tuple[Entry, Node]]:
    """Arrays of so many rows and columns."""
    by = node("tuple", _A, _B)
    return [
        (entry("zeros_by_bool", "an array of {0:60} by {1:60} marks , none set"), node("zeros_bool", by)),
        (entry("ones_by", "an array of {0:60} by {1:60} ones"), node("ones", by)),
        (entry("ones_by_float", "an array of {0:60} by {1:60} decimal ones"), node("ones_float", by)),
        (entry("ones_by_bool", "an array of {0:60} by {1:60} marks , all set"), node("ones_bool", by)),
        (entry("empty_by", "an unset array of {0:60} by {1:60}"), node("empty_array", by)),
        (entry("filled", "an array of {0:60} by {1:60} filled with {2}"), node("full", by, _C)),
    ]


def _chosen() -> list[tuple[Entry, Node]]:
    """What is chosen or sorted by a rule, the rule said of each."""
    rule = node("lambda1", _B, _C)
    return [
        (entry("smallest_by", "the one {1:t} of {0:53} where {2:21} is smallest"), node("min_by", _A, rule)),
        (entry("largest_by", "the one {1:t} of {0:53} where {2:21} is largest"), node("max_by", _A, rule)),
        (entry("sorted_each", "{0} sorted by {2:53} of each {1:t}", level=48), node("sorted_by", _A, rule)),
        (
            entry("sorted_each_down", "{0} sorted downwards by {2:53} of each {1:t}", level=48),
            node("sorted_by_down", _A, rule),
        ),
        (
            entry("blank_sized", "a new {0:60} by {1:60} grid of {2:60}"),
            node("blank", Node("hole", (0, "int")), Node("hole", (1, "int")), _C),
        ),
        (entry("item_at", "item at {1:60} of {0}"), node("item", _A, _THE)),
        (_does("sort_each", "sort {0:50} by {2:53} of each {1:t}"), node("sort_by", _A, rule)),
        (_does("sort_each_down", "sort {0:50} downwards by {2:53} of each {1:t}"), node("sort_by_down", _A, rule)),
        *_padded(),
        (entry("tiled", "{0} tiled {1:60} by {2:60}", level=60), node("tile", _A, node("tuple", _B, _C))),
        (entry("array_of_cells", "the array of cells where {0}", level=14), node("column_stack", node("where", _A))),
        (
            _turn("each_where", "for each {0:t} in the list of cells where {1:7}"),
            node("each", _A, node("argwhere", _B)),
        ),
        (
            _turn("each_down_past", "for each {0:t} from {1:30} down to before {2:30}"),
            node("each", _A, node("range3", _B, _C, integer(-1))),
        ),
        (
            _turn("each_range3", "for each {0:t} from {1:30} to before {2:30} by {3:30}"),
            node("each", _A, node("range3", _B, _C, _D)),
        ),
        (entry("given_cell", "the cell given by {0:60}"), node("at_rc", node("first", _A), node("second", _A))),
        (
            _does("count_up", "count {1:60} once more in {0:50}"),
            node("put", node("entry", _A, _B), node("plus", node("get_else", _A, _B, integer(0)), integer(1))),
        ),
    ]


def _turn(op: str, words: str) -> Entry:
    return of_category(EACH, op, words)


def _does(op: str, words: str) -> Entry:
    return of_category(STATEMENT, op, words)


def _apart(part: str) -> Node:
    return node("abs", node("minus", node(part, _A), node(part, _B)))


_ROWS = _rows()
ENTRIES: tuple[Entry, ...] = (
    *(row for row, _ in (*_ROWS, *LINE_ROWS)),
    _turn("each_in_each", "for each {0:t} in each {1:t} in {2:30}"),
)
LONG: dict[str, Node] = {row.phrase.op: line for row, line in LINE_ROWS}
# by construct and its last part, where that is a plain number, else None
SHORT: dict[tuple[str, Arg], list[tuple[str, Node]]] = {}
for _entry, _meaning in _ROWS:
    LONG[_entry.phrase.op] = _meaning
    _last = _meaning.args[-1]
    _key = _last if isinstance(_last, Node) and _last.op == "int" else None
    SHORT.setdefault((_meaning.op, _key), []).append((_entry.phrase.op, _meaning))
