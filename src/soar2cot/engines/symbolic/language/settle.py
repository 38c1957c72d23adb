"""The last touches to a method before it is written: what means the same and is easier to read."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

from soar2cot.engines.symbolic.language.coordinates import without_coordinates
from soar2cot.engines.symbolic.language.counting import MAX_WORDS, n_words
from soar2cot.engines.symbolic.language.distances import SLIDES, with_distances
from soar2cot.engines.symbolic.language.ends import gather_ends
from soar2cot.engines.symbolic.language.enough import with_source, with_steps, without_identifiers
from soar2cot.engines.symbolic.language.made import turn_by_turn
from soar2cot.engines.symbolic.language.names import INPUT, RESULT, in_order
from soar2cot.engines.symbolic.language.node import (
    HEADED,
    Arg,
    Node,
    all_lines,
    bits,
    integer,
    node,
    replace_leaf,
    rewrite,
    walk,
)
from soar2cot.engines.symbolic.language.phrase import STATEMENT
from soar2cot.engines.symbolic.language.repeated import for_each_colour
from soar2cot.engines.symbolic.language.split import holds_there, split_conditions
from soar2cot.engines.symbolic.language.truths import without_bare_colours
from soar2cot.engines.symbolic.language.wholes import name_wholes
from soar2cot.engines.symbolic.phrasebook.book import phrases
from soar2cot.engines.symbolic.phrasebook.shorten import shorten

_RANGES = {("ge", "lt"): "within", ("ge", "le"): "within_closed", ("gt", "lt"): "between"}
_PLAIN = frozenset(("name", "row_of", "column_of"))
_MOVES = frozenset(("plus", "minus"))
_COPIES = (Node("grid_copy", (INPUT,)), Node("copy", (INPUT,)))
_ZERO = (integer(0), Node("colour", (0,)))
_EMPTY, _NOTHING = Node("block"), Node("block", (Node("nothing"),))
_MADE = frozenset(("listed", "gathered", "given", "tabled", "grouped", "how_many", "least_of", "greatest_of"))
_BY_SIZE = {"zeros_shape": "zeros", "zeros_shape_float": "zeros_float"}
_MOST_GROUP = 16  # words of a group
_CELLS = {"eq": "cells_that_are", "ne": "cells_that_are_not"}
_READING = frozenset(
    (
        "at", "height", "width", "shape", "cells", "cells_that_are", "cells_that_are_not", "cells_down", "cells_in",
        "cells_but", "inside", "blank_like", "grid_copy", "whole_row", "whole_column", "eq", "ne", "beside", "touching",
        "diagonal_to", "mirrored_down", "mirrored_across", "distinct_but", "unique",
    )
)  # fmt: skip
_PLAINER = bits(
    (*HEADED, *_MADE, *_MOVES, "at_rc", "and", "or", "any", "all", "remap", "eq", *_BY_SIZE,
     "pad_constant", "tuple")
)  # fmt: skip
_COLLECTIONS = frozenset(("list", "queue", "set"))
_SLID = bits(SLIDES)


def settle(method: Node) -> Node:
    """The method in the form in which it is said; its grids stay as they are."""
    method = rewrite(without_bare_colours(_without_copy(method)), _plainer, _PLAINER)
    method = gather_ends(method)
    method = for_each_colour(without_coordinates(method))
    method = turn_by_turn(method)
    method = name_wholes(in_order(with_source(method)))
    if method.holds(_SLID):
        method = with_distances(method)
    return split_conditions(with_steps(without_identifiers(method)))


def _without_copy(method: Node) -> Node:
    """The input itself where a copy of it is only read, and the input too."""
    for statement in method.nodes:
        if statement.op != "let" or statement[0].op != "name" or statement[1] not in _COPIES:
            continue
        named = statement[0]
        if named != RESULT and all(_only_read(method, statement, quantity) for quantity in (named, INPUT)):
            rest = Node("block", tuple(item for item in method.nodes if item is not statement))
            method = replace_leaf(rest, named, INPUT)
    return method


def _only_read(method: Node, copied: Node, quantity: Node) -> bool:
    """Whether nothing can change what the name stands for, but the statement that makes the copy."""
    for item in walk(method):
        if item is copied:
            continue
        entry = phrases().get(item.op)
        for at, part in enumerate(item.nodes):
            if part == quantity and not (item.op in _READING and (entry is None or entry.category != STATEMENT)):
                return False
            if at == 0 and entry is not None and entry.category == STATEMENT and quantity in walk(part):
                return False
    return True


def _plainer(item: Node) -> Node:
    if item.op in HEADED and _EMPTY in item.args:
        item = Node(item.op, tuple(_NOTHING if part == _EMPTY else part for part in item.args), item.lines)
    if item.op in _MOVES:
        return _summed(item)
    if item.op in _MADE:
        return _coloured(item)
    if item.op == "if":
        item = _not_twice(item)
    if item.op == "if" and len(item.args) == 2:
        return _plainly_asked(item)
    if item.op == "while" and _is_collection(item[0]):
        return Node("while", (Node("not_empty", (item[0],)), item[1]), item.lines)
    if item.op == "remap":
        return _kept_colours(item)
    if item.op == "eq" or item.op in _BY_SIZE:
        return _one_by_one(item)
    if item.op == "tuple":
        return _in_halves(item)
    if item.op == "pad_constant" and item[2] in _ZERO:
        return Node("pad_zero", item.args[:2], item.lines)
    if item.op in ("any", "all"):
        return _one_after_the_other(item)
    if item.op == "at_rc" and (_lies_in(item[0], "row") or _lies_in(item[1], "column")) and _meets(item):
        return Node("crossing", item.args, item.lines)
    if item.op == "and":
        item = _ranged(item)
    if item.op == "and":
        return _in_units(item, "ne", "inside")
    return _in_units(item, "eq", "") if item.op == "or" else item


def _one_by_one(item: Node) -> Node:
    """`a is c and b is d` for `<a, b> is <c, d>`, and likewise what has so many rows and columns."""
    if any(part.op != "tuple" or len(part.args) != 2 for part in item.nodes):
        return item
    if item.op in _BY_SIZE:
        return Node(_BY_SIZE[item.op], item[0].args, item.lines)
    (a, b), (c, d) = (part.nodes for part in item.nodes)
    return node("and", node("eq", a, c), node("eq", b, d))


def _one_after_the_other(item: Node) -> Node:
    """`(c for some a) for some b` for a long `c for some a for some b`, and `d and c for some a where d`."""
    given = item[0]
    turns = given.nodes[1:] if given.op == "given" else ()
    second = next((at for at, turn in enumerate(turns[1:], 1) if turn.op != "that"), None)
    if not turns or n_words(shorten(item)) < MAX_WORDS:
        return item
    asked = given[0]
    if second is not None:
        asked = _one_after_the_other(node(item.op, Node("given", (asked, *turns[second:]), given.lines)))
    if item.op == "any":
        asked = reduce(lambda inner, turn: node("and", turn[0], inner), reversed(turns[1:second]), asked)
        second = 1
    return Node(item.op, (Node("given", (asked, *turns[:second]), given.lines),), item.lines)


def _in_halves(item: Node) -> Node:
    """`<a, b> plus <c, d>` for a group that no sentence holds."""
    middle = len(item.args) // 2
    if middle < 2 or n_words(shorten(item)) <= _MOST_GROUP:
        return item
    halves = [Node("tuple", part, item.lines) for part in (item.args[:middle], item.args[middle:])]
    return Node("plus", tuple(map(_in_halves, halves)), item.lines)


def _is_collection(item: Node) -> bool:
    return item.op == "name" and not _COLLECTIONS.isdisjoint(str(item.args[0]).split())


def _kept_colours(item: Node) -> Node:
    """`if A is red or blue, B becomes A` for a table in which each colour becomes itself."""
    place, colour, entries = item[0], item[1], item.nodes[2:]
    if any(entry[0] != entry[1] for entry in entries):
        return item
    asked = reduce(lambda a, b: node("or", a, b), [node("eq", colour, entry[0]) for entry in entries])
    return Node("if", (asked, Node("block", (node("put", place, colour),))), item.lines)


def _not_twice(item: Node) -> Node:
    """A choice asks `a` for `not not a`."""
    asked = item[0]
    while asked.op == "not" and asked[0].op == "not":
        asked = asked[0][0]
    return item.of((asked, *item.args[1:]))


def _plainly_asked(item: Node) -> Node:
    """One condition for two that stand below each other: how much fits one sentence is decided later."""
    only = item[1][0] if len(item[1].args) == 1 else item
    if only is item or only.op != "if" or len(only.args) != 2:
        return item
    return Node("if", (_plainer(node("and", item[0], only[0])), only[1]), item.lines | only.lines)


def _coloured(item: Node) -> Node:
    """`for each cell of the input except black` for a condition on the colour of the cells of a list."""
    args: list[Arg] = []
    for part in item.args:
        last = args[-1] if args else None
        if isinstance(last, Node) and last.op == "cells" and isinstance(part, Node) and part.op == "that":
            asked = part[0]
            of_cell = Node("at", (last[1], last[0]))
            if asked.op in _CELLS and asked[0] == of_cell and asked[1].op == "colour":
                args[-1] = Node(_CELLS[asked.op], (*last.args, asked[1]), last.lines | all_lines(part))
                continue
        args.append(part)
    return Node(item.op, tuple(args), item.lines) if len(args) < len(item.args) else item


def _summed(item: Node) -> Node:
    """`x minus 2` for `x minus 3 plus 1`."""
    first, second = item[0], item[1]
    if first.op not in _MOVES or first[1].op != "int" or second.op != "int":
        return item
    by = _signed(item.op, second) + _signed(first.op, first[1])
    return node("plus" if by > 0 else "minus", first[0], integer(abs(by))) if by else first[0]


def _signed(op: str, value: Node) -> int:
    return int(str(value.args[0])) * (1 if op == "plus" else -1)


def _meets(place: Node) -> bool:
    """Whether neither is a plain number, nor a row that is the column or the reverse."""
    return not (_lies_in(place[0], "column") or _lies_in(place[1], "row") or "int" in (place[0].op, place[1].op))


def _lies_in(item: Node, line: str) -> bool:
    """Whether it is a row (or a column) that is named so, perhaps some steps from it."""
    while item.op in _MOVES:
        item = item[0]
    return item.op == f"{line}_of" or (item.op == "name" and line in str(item.args[0]).split())


def _ranged(item: Node) -> Node:
    """`x is from a to b` for `x is at least a and x is at most b`."""
    parts = _parts(item)
    for at, (low, high) in enumerate(pairwise(parts)):
        op = _RANGES.get((low.op, high.op))
        if op is not None and low[0] == high[0] and low[0].op in _PLAIN:
            joined = node(op, low[0], low[1], high[1]).at_lines(all_lines(low, high))
            return reduce(lambda a, b: node("and", a, b), [*parts[:at], joined, *parts[at + 2 :]])
    return item


def _in_units(item: Node, compared: str, inside: str) -> Node:
    """Parts that are said in one breath stand together: `x is either a or b`, `the input has c at p`.

    What a place inside a grid holds may be asked as soon as it is known to lie there, before other questions.
    """
    parts: list[Node] = []
    for part in _parts(item):
        last = parts[-1] if parts else None
        there = next((place for place, earlier in enumerate(parts) if inside and holds_there(earlier, part)), None)
        if there is not None:
            parts[there] = Node(item.op, (parts[there], part), parts[there].lines | part.lines)
        elif last is not None and last.op == part.op == compared and last[0] == part[0]:
            parts[-1] = Node(item.op, (last, part), last.lines | part.lines)
        else:
            parts.append(part)
    return reduce(lambda a, b: Node(item.op, (a, b), item.lines), parts)


def _parts(condition: Node, op: str = "") -> list[Node]:
    op = op or condition.op
    return [*_parts(condition[0], op), *_parts(condition[1], op)] if condition.op == op else [condition]
