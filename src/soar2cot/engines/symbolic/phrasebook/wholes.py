"""What is done with a whole grid at once: mirrored, turned, cut, joined, enlarged, its colours counted.

Programs say such things line by line. Here each has the words that a person has for it, short for that construct as
all of `short`. What a construct binds by itself always has the same names (`language/wholes.py` gives them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from soar2cot.engines.symbolic.language.node import Node, integer, name, node, walk
from soar2cot.engines.symbolic.phrasebook.entry import Entry, entry

_A, _B, _C, _D, _E = (Node("hole", (index,)) for index in range(5))
_GRID, _TABLE, _TALLY = (Node("hole", (0, kind)) for kind in ("grid", "table", "tally"))
_COUNT = Node("hole", (1, "count"))  # a number that is not negative, or a quantity
# the names that are bound within a construct
_LINE, _COLOUR, _ITEM = name("the line"), name("the colour"), name("the item")
_FIRST, _SECOND, _TURN, _IN_TURN = name("value Y"), name("value Z"), name("number Y"), name("number Z")
_ALL, _BACK = node("whole"), node("reverse_all")


def _each_line(made: Node, grid: Node = _A) -> Node:
    return node("listed", made, node("each", _LINE, grid))


def _back(lines: Node) -> Node:
    return node("items", lines, _BACK)


def _swapped(grid: Node) -> Node:
    return node("listed", node("list_of", _ITEM), node("each", _ITEM, node("zip_all", grid)))


def _swapped_at_once(grid: Node) -> Node:
    return node("list_of", node("map", node("kind_list"), node("zip_all", grid)))


def _turned() -> list[tuple[Entry, Node]]:
    mirrored = _each_line(_back(_LINE))
    return [
        (entry("lines_turned_half", "{0} turned by half", level=60), _each_line(_back(_LINE), _back(_A))),
        (entry("lines_mirrored", "{0} mirrored left to right", level=60), mirrored),
        (entry("lines_turned_right", "{0} turned a quarter to the right", level=60), _swapped(_back(_A))),
        (entry("lines_turned_left", "{0} turned a quarter to the left", level=60), _back(_swapped(_A))),
        (entry("lines_swapped", "{0} with rows and columns swapped", level=60), _swapped(_A)),
        (entry("lines_mirrored_down", "{0} mirrored top to bottom", level=60), _back(_GRID)),
        (entry("in_reverse", "{0} in reverse order", level=60), _back(_A)),
    ]


def _cut() -> list[tuple[Entry, Node]]:
    def crop(op: str) -> Node:
        return _each_line(node("items", _LINE, node(op, _D, _E)), node("items", _A, node(op, _B, _C)))

    down, across = node("plus", _B, _D), node("plus", _C, _E)
    size = _each_line(
        node("items", _LINE, node("from_before", _C, across)), node("items", _A, node("from_before", _B, down))
    )
    return [
        (
            entry("piece_size", "{0:70} 's piece of {3:60} by {4:60} from row {1:60} , column {2:60}", level=70),
            size,
        ),
        (
            entry("piece", "{0} within rows {1} to {2} , columns {3} to {4}", level=60),
            crop("through"),
        ),
        (
            entry(
                "piece_before",
                "{0} within rows {1} to before {2} , columns {3} to before {4}",
                level=60,
            ),
            crop("from_before"),
        ),
    ]


def _lines_of_lists() -> list[tuple[Entry, Node]]:
    """Some rows or columns of a grid."""

    def columns(chosen: Node) -> Node:
        return _each_line(node("items", _LINE, chosen))

    ends = (("last", node("before", integer(-1))), ("first", node("from", integer(1))))
    return [
        *((entry(f"but_{end}_column", f"all columns of {{0:53}} but the {end}"), columns(cut)) for end, cut in ends),
        *(
            (entry(f"but_{end}_row", f"all rows of {{0:53}} but the {end}"), node("items", _GRID, cut))
            for end, cut in ends
        ),
        (entry("lines_copied", "a copy of all lines of {0:53}"), _each_line(node("whole_copy", _LINE))),
        (entry("lines_as_lists", "a copy of the lines of {0:53}"), _each_line(node("list_of", _LINE))),
        (entry("first_columns", "the first {1:60} columns of {0:53}"), columns(node("before", _COUNT))),
        (entry("columns_before", "the columns of {0:53} before {1}"), columns(node("before", _B))),
        (entry("columns_from", "the columns of {0:53} from {1} on"), columns(node("from", _B))),
        (
            entry("columns_from_before", "the columns of {0:53} from {1} to before {2}"),
            columns(node("from_before", _B, _C)),
        ),
        (
            entry("columns_through", "the columns of {0:53} from {1} to {2}"),
            columns(node("through", _B, _C)),
        ),
        (entry("first_rows", "the first {1:60} rows of {0:53}"), node("items", _GRID, node("before", _COUNT))),
        (entry("rows_before", "the rows of {0:53} before {1}"), node("items", _GRID, node("before", _B))),
        (entry("rows_from", "the rows of {0:53} from {1} on"), node("items", _GRID, node("from", _B))),
        (
            entry("rows_from_before", "the rows of {0:53} from {1} to before {2}"),
            node("items", _GRID, node("from_before", _B, _C)),
        ),
        (
            entry("rows_through", "the rows of {0:53} from {1} to {2}"),
            node("items", _GRID, node("through", _B, _C)),
        ),
        (entry("first_items", "the first {1:60} items of {0:53}"), node("items", _A, node("before", _COUNT))),
    ]


def _joined() -> list[tuple[Entry, Node]]:
    sides = node("each", Node("both", (_FIRST, _SECOND)), node("zip", _A, _B))
    return [
        (
            entry("lines_mirror_right", "{0} with its mirror image to the right", level=60),
            _each_line(node("plus", _LINE, _back(_LINE))),
        ),
        (
            entry("lines_mirror_left", "{0} with its mirror image to the left", level=60),
            _each_line(node("plus", _back(_LINE), _LINE)),
        ),
        (
            entry("lines_beside", "{0} with {1:60} to its right", level=60),
            node("listed", node("plus", _FIRST, _SECOND), sides),
        ),
    ]


def _enlarged() -> list[tuple[Entry, Node]]:
    repeated, line, down = node("times", _LINE, _B), node("each", _LINE, _A), node("each_below", _TURN, _C)
    wider = node("listed", _COLOUR, node("each", _COLOUR, _LINE), node("each_below", _IN_TURN, _B))
    return [
        (
            entry("lines_blown_up", "{0} with each cell as a block of {2:60} by {1:60}", level=60),
            node("listed", wider, line, down),
        ),
        (
            entry("lines_tiled", "{0} repeated {2:60} times down and {1:60} times across", level=60),
            node("listed", repeated, down, line),
        ),
        (
            entry("lines_tiled_alike", "{0} tiled {2:60} down and {1:60} across", level=60),
            node("times", _each_line(repeated), _C),
        ),
        (entry("lines_repeated", "{0} repeated {1:60} times across", level=60), _each_line(repeated)),
        (
            entry("lists_repeated", "{0} repeated {1:60} times down", level=60),
            node("times", Node("hole", (0, "lines")), _B),
        ),
    ]


def _recoloured() -> list[tuple[Entry, Node]]:
    """Every cell as its colour says."""

    def cells(made: Node, colour: Node = _COLOUR) -> Node:
        return _each_line(node("listed", made, node("each", colour, _LINE)))

    is_that, is_other, named = node("eq", _COLOUR, _B), node("ne", _COLOUR, _B), Node("hole", (1, "bound"))
    return [
        (
            entry("recoloured_one", "{0} with {1:60} replaced by {2:60}", level=60),
            cells(node("if_else", is_that, _C, _COLOUR)),
        ),
        (
            entry("recoloured_but", "{0} with all but {1:60} replaced by {2:60}", level=60),
            cells(node("if_else", is_other, _C, _COLOUR)),
        ),
        (
            entry("recoloured_both", "{0} with {1:60} replaced by {2:60} and all else by {3:60}", level=60),
            cells(node("if_else", is_that, _C, _D)),
        ),
        (
            entry("recoloured_if_any", "{0} with each colour replaced by its entry in {1:60} if any", level=60),
            cells(node("get_else", _B, _COLOUR, _COLOUR)),
        ),
        (
            entry("recoloured_by", "{0} with each colour replaced by its entry in {1:60}", level=60),
            cells(node("entry", _B, _COLOUR)),
        ),
        (entry("recoloured_each", "{0} with each {1:t} replaced by {2:60}", level=60), cells(_C, named)),
    ]


def _counted() -> list[tuple[Entry, Node]]:
    turns = (node("each", _LINE, _A), node("each", _COLOUR, _LINE))
    all_of = (_COLOUR, *turns)
    but = (*all_of, node("that", node("ne", _COLOUR, _B)))
    often, often_but = node("tally", Node("given", all_of)), node("tally", Node("given", but))
    return [
        (entry("commonest_but", "the most common colour of {0:53} except {1}"), node("most_common_one", often_but)),
        (entry("commonest", "the most common colour of {0:53}"), node("most_common_one", often)),
        (entry("how_often_but", "how often each colour of {0:53} except {1} occurs"), often_but),
        (entry("how_often", "how often each colour of {0:53} occurs"), often),
        (entry("colour_list_but", "the list of the colours of {0:53} except {1}"), Node("listed", but)),
        (entry("colour_list", "the list of the colours of {0:53}"), Node("listed", all_of)),
        (entry("colour_set_but", "the set of the colours of {0:53} except {1}"), Node("gathered", but)),
        (entry("colour_set", "the set of the colours of {0:53}"), Node("gathered", all_of)),
        (entry("colours_but", "the colours of all cells of {0:53} except {1}"), Node("given", but)),
        (entry("colours_all", "the colours of all cells of {0:53}"), Node("given", all_of)),
        *(
            (entry(f"{op}_{kind}", words), node(op, table, node("kind_get", table)))
            for kind, table in (("tally", _TALLY), ("table", _TABLE))
            for op, words in (
                ("min_by", "the least common in {0}" if kind == "tally" else "the key of {0} with the smallest entry"),
                ("max_by", "the most common in {0}" if kind == "tally" else "the key of {0} with the largest entry"),
            )
        ),
        (
            entry("least_frequent", "the least frequent of {0}"),
            node("min_by", node("set_of", _A), node("kind_count", _A)),
        ),
        (
            entry("most_frequent", "the most frequent of {0}"),
            node("max_by", node("set_of", _A), node("kind_count", _A)),
        ),
    ]


def _lines_of_arrays() -> list[tuple[Entry, Node]]:
    def row(words: str, rows: Node, columns: Node) -> tuple[Entry, Node]:
        return entry(f"part_{rows.op}_{columns.op}", words), node("part", _A, rows, columns)

    selections = (
        ("the {}s before {{1}} of {{0:53}}", node("before", _B)),
        ("the {}s from {{1}} on of {{0:53}}", node("from", _B)),
        ("the {}s from {{1}} to before {{2}} of {{0:53}}", node("from_before", _B, _C)),
        ("{}s {{1}} to {{2}} of {{0:53}}", node("through", _B, _C)),
    )
    return [
        found
        for words, chosen in selections
        for found in (row(words.format("row"), chosen, _ALL), row(words.format("column"), _ALL, chosen))
    ]


def _arrays_enlarged() -> list[tuple[Entry, Node]]:
    along = [
        (
            entry(f"stretched_{axis}", f"{{0}} with each {line} {{1:60}} times", level=60),
            node("repeat_axis", _A, _B, integer(axis)),
        )
        for axis, line in enumerate(("row", "column"))
    ]
    both = node("repeat_axis", node("repeat_axis", _A, _B, integer(0)), _C, integer(1))
    return [
        (
            entry("blown_up", "{0} with each cell blown up to {1:60} by {2:60}", level=60),
            node("kron", _A, node("ones", node("tuple", _B, _C))),
        ),
        (entry("stretched", "{0} with each cell stretched to {1:60} by {2:60}", level=60), both),
        *along,
        (entry("rolled_down", "{0} rolled down by {1:60}", level=60), node("roll_axis", _A, _B, integer(0))),
        (
            entry("rolled_both", "{0} rolled down by {1:60} and right by {2:60}", level=60),
            node("roll_axis", _A, node("tuple", _B, _C), node("tuple", integer(0), integer(1))),
        ),
        (entry("rolled_right", "{0} rolled right by {1:60}", level=60), node("roll_axis", _A, _B, integer(1))),
        (entry("joined_across", "the blocks {0:53} joined sideways"), node("concatenate_axis", _A, integer(1))),
    ]


ROWS: tuple[tuple[Entry, Node], ...] = (
    *_turned(),
    *_cut(),
    *_lines_of_lists(),
    *_joined(),
    *_enlarged(),
    *_recoloured(),
    *_counted(),
    *_lines_of_arrays(),
    *_arrays_enlarged(),
)
# several rows or columns: "become", not "becomes"
SEVERAL = frozenset(row.phrase.op for row, _ in (*_lines_of_lists(), *_lines_of_arrays()))
# what is the same in other constructs, and the construct that is said
_COLOURS = (_COLOUR, node("each", _LINE, _A), node("each", _COLOUR, _LINE))
_COLOURS_BUT = (*_COLOURS, node("that", node("ne", _COLOUR, _B)))
_BLACK = Node("colour", (0,))
SAME: tuple[tuple[Node, Node], ...] = (
    (
        _each_line(node("listed", node("if_else", node("eq", _COLOUR, _B), _B, _C), node("each", _COLOUR, _LINE))),
        _each_line(node("listed", node("if_else", node("ne", _COLOUR, _B), _C, _COLOUR), node("each", _COLOUR, _LINE))),
    ),
    (_each_line(node("plus", _LINE, _LINE)), _each_line(node("times", _LINE, integer(2)))),
    *(
        (
            Node(made, (*_COLOURS, node("that", _COLOUR))),
            Node(made, (*_COLOURS, node("that", node("ne", _COLOUR, _BLACK)))),
        )
        for made in ("listed", "given")
    ),
    (_swapped_at_once(_A), _swapped(_A)),
    (_back(_each_line(_back(_LINE))), _each_line(_back(_LINE), _back(_A))),
    (node("part", _A, _ALL, _BACK), node("flip_h", _A)),
    (node("part", _A, _BACK, _ALL), node("flip_v", _A)),
    (node("part", _A, _BACK, _BACK), node("rot180", _A)),
    *((node("tally", Node("listed", of)), node("tally", Node("given", of))) for of in (_COLOURS, _COLOURS_BUT)),
)


@dataclass(frozen=True, slots=True)
class Inside:
    """The names that a construct binds by itself, and which of its parts stand where these are known.

    Such a part must hold none of these names: short words would not say whose they are.
    """

    names: frozenset[Node]
    holes: frozenset[int]

    def is_closed(self, parts: Mapping[int, Node], others: Iterable[Node] = ()) -> bool:
        """Whether none of these parts holds a bound name, nor one of the others."""
        names = self.names.union(others)
        return not names or all(names.isdisjoint(walk(parts[index])) for index in self.holes)


def inside(form: Node) -> Inside:
    """What a form binds; in what its first turn goes through, nothing is bound yet."""
    names = frozenset(item for item in walk(form) if item.op == "name")
    binding = next((item for item in walk(form) if item.op in ("listed", "gathered", "given")), None)
    among = () if binding is None else (binding[0], *binding.args[2:])
    found = [part for item in among if isinstance(item, Node) for part in walk(item) if part.op == "hole"]
    return Inside(names, frozenset(int(str(part.args[0])) for part in found))


INSIDE: dict[str, Inside] = {row.phrase.op: inside(meaning) for row, meaning in ROWS}
