"""The last touches to a method before it is written: what means the same and is easier to read."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

from soar2cot.engines.symbolic.language.counting import MAX_WORDS, n_words
from soar2cot.engines.symbolic.language.distances import SLIDES, with_distances
from soar2cot.engines.symbolic.language.ends import gather_ends
from soar2cot.engines.symbolic.language.enough import with_steps, without_coordinates, without_identifiers
from soar2cot.engines.symbolic.language.names import INPUT, RESULT, in_order
from soar2cot.engines.symbolic.language.node import (
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
from soar2cot.engines.symbolic.language.split import holds_there, split_conditions
from soar2cot.engines.symbolic.language.truths import without_bare_colours
from soar2cot.engines.symbolic.language.wholes import name_wholes
from soar2cot.engines.symbolic.phrasebook.book import phrases
from soar2cot.engines.symbolic.phrasebook.shorten import shorten

_RANGES = {("ge", "lt"): "within", ("ge", "le"): "within_closed", ("gt", "lt"): "between"}
_PLAIN = frozenset(("name", "row_of", "column_of"))
_MOVES = frozenset(("plus", "minus"))
_COPIES = (Node("grid_copy", (INPUT,)), Node("copy", (INPUT,)))
_EMPTY, _NOTHING = Node("block"), Node("block", (Node("nothing"),))
_MADE = frozenset(("listed", "gathered", "given", "tabled", "grouped", "how_many", "least_of", "greatest_of"))
# what is made turn by turn or written out, as which empty one it begins; the words it has then; how more is added
_MAKING = {"listed": "empty_list", "gathered": "empty_set", "tabled": "empty_dict", "list": "", "dict": ""}
_SAID = frozenset((*_MAKING, "each_listed", "each_gathered"))
_WRITTEN_OUT = {"list": "extend", "dict": "update"}
_CELLS = {"eq": "cells_that_are", "ne": "cells_that_are_not"}
_HEADED = frozenset(
    ("for", "for_every", "for_over", "for_first", "for_else", "while", "forever", "if", "define", "try")
)
_READING = frozenset(
    (
        "at", "height", "width", "shape", "cells", "cells_that_are", "cells_that_are_not", "cells_down", "cells_in",
        "cells_but", "inside", "blank_like", "grid_copy", "whole_row", "whole_column", "eq", "ne", "beside", "touching",
        "diagonal_to", "mirrored_down", "mirrored_across", "distinct_but", "unique",
    )
)  # fmt: skip
_PLAINER = bits((*_HEADED, *_MADE, *_MOVES, "at_rc", "and", "or", "remap", "eq", "zeros_shape"))
_COLLECTIONS = frozenset(("list", "queue", "set"))
_MADE_LONG, _SLID = bits(_MAKING), bits(SLIDES)
_BLOCKS = bits(["block"])


def settle(method: Node) -> Node:
    """The method in the form in which it is said; its grids stay as they are."""
    method = rewrite(without_bare_colours(_without_copy(method)), _plainer, _PLAINER)
    method = gather_ends(method)
    method = without_coordinates(method)
    if method.holds(_MADE_LONG):  # but what has the words of a whole
        method = rewrite(name_wholes(method), _turn_by_turn, _BLOCKS)
    method = name_wholes(in_order(method))
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
    if item.op in _HEADED and _EMPTY in item.args:
        item = Node(item.op, tuple(_NOTHING if part == _EMPTY else part for part in item.args), item.lines)
    if item.op in _MOVES:
        return _summed(item)
    if item.op in _MADE:
        return _coloured(item)
    if item.op == "if" and len(item.args) == 2:
        return _plainly_asked(item)
    if item.op == "while" and _is_collection(item[0]):
        return Node("while", (Node("not_empty", (item[0],)), item[1]), item.lines)
    if item.op == "remap":
        return _kept_colours(item)
    if item.op in ("eq", "zeros_shape"):
        return _one_by_one(item)
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
    if item.op == "zeros_shape":
        return Node("zeros", item[0].args, item.lines)
    (a, b), (c, d) = (part.nodes for part in item.nodes)
    return node("and", node("eq", a, c), node("eq", b, d))


def _is_collection(item: Node) -> bool:
    return item.op == "name" and not _COLLECTIONS.isdisjoint(str(item.args[0]).split())


def _kept_colours(item: Node) -> Node:
    """`if A is red or blue, B becomes A` for a table in which each colour becomes itself."""
    place, colour, entries = item[0], item[1], item.nodes[2:]
    if any(entry[0] != entry[1] for entry in entries):
        return item
    asked = reduce(lambda a, b: node("or", a, b), [node("eq", colour, entry[0]) for entry in entries])
    return Node("if", (asked, Node("block", (node("put", place, colour),))), item.lines)


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


def _turn_by_turn(block: Node) -> Node:
    """A list that is too much for one sentence is made turn by turn, one that is written out piece by piece."""
    if block.op != "block":
        return block
    statements: list[Node] = []
    for statement in block.nodes:
        statements += _made(statement) if _is_long(statement) else [statement]
    return Node("block", tuple(statements), block.lines)


def _is_long(item: Node) -> bool:
    if item.op != "let" or item[0].op != "name" or item[1].op not in _MAKING or item[0] in item[1].below:
        return False
    said = shorten(item)
    return said[1].op in _SAID and n_words(said) > MAX_WORDS


def _made(item: Node) -> list[Node]:
    name, made = item[0], item[1]
    if made.op in _WRITTEN_OUT:
        return [piece.at_lines(item.lines) for piece in _pieces(name, made)]
    empty, first = _MAKING[made.op], 1
    if made.op == "tabled":
        body, first = node("put", node("entry", name, made[0]), made[1]), 2
    else:
        body = node("add" if made.op == "gathered" else "append", name, made[0])
    for turn in reversed(made.nodes[first:]):
        block = Node("block", (body,))
        body = node("if", turn[0], block) if turn.op == "that" else node("for", turn, block)
    return [Node("let", (name, Node(empty)), item.lines), body.at_lines(item.lines)]


def _pieces(name: Node, made: Node) -> list[Node]:
    """Statements that together make what is written out, each with as many items as fit a sentence."""
    found: list[Node] = []
    for item in made.nodes:
        longer = Node(found[-1].op, (name, Node(made.op, (*found[-1][1].args, item)))) if found else None
        if longer is not None and n_words(shorten(longer)) <= MAX_WORDS:
            found[-1] = longer
        else:
            found.append(Node(_WRITTEN_OUT[made.op] if found else "let", (name, Node(made.op, (item,)))))
    return [found[0], *map(_alone, found[1:])]


def _alone(added: Node) -> Node:
    """One item that is added, without a list around it."""
    name, made = added[0], added[1]
    if len(made.args) > 1 or made[0].op == "splat":
        return added
    if made.op == "list":
        return node("append", name, made[0])
    return node("put", node("entry", name, made[0][0]), made[0][1])
