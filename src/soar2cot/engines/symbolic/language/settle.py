"""The last touches to a method before it is written: what means the same and is easier to read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from soar2cot.engines.symbolic.language.coordinates import without_coordinates
from soar2cot.engines.symbolic.language.counting import MAX_WORDS, n_words
from soar2cot.engines.symbolic.language.distances import SLIDES, with_distances
from soar2cot.engines.symbolic.language.ends import gather_ends
from soar2cot.engines.symbolic.language.enough import with_source, with_steps, without_identifiers
from soar2cot.engines.symbolic.language.names import INPUT, RESULT, free_name, in_order
from soar2cot.engines.symbolic.language.node import Arg, Node, all_lines, bits, integer, node, rewrite, walk
from soar2cot.engines.symbolic.language.phrase import STATEMENT, TURNED
from soar2cot.engines.symbolic.language.repeated import for_each_colour
from soar2cot.engines.symbolic.language.split import holds_there, split_conditions
from soar2cot.engines.symbolic.language.truths import without_bare_colours
from soar2cot.engines.symbolic.language.wholes import name_wholes
from soar2cot.engines.symbolic.phrasebook.book import phrases
from soar2cot.engines.symbolic.phrasebook.shorten import filled, shorten, taken
from soar2cot.engines.symbolic.phrasebook.spoken import put_in
from soar2cot.engines.symbolic.phrasebook.turns import CHOSEN

_RANGES = {("ge", "lt"): "within", ("ge", "le"): "within_closed", ("gt", "lt"): "between"}
_PLAIN = frozenset(("name", "row_of", "column_of"))
_MOVES = frozenset(("plus", "minus"))
_COPIES = (Node("grid_copy", (INPUT,)), Node("copy", (INPUT,)))
_ZERO = (integer(0), Node("colour", (0,)))
_EMPTY, _NOTHING = Node("block"), Node("block", (Node("nothing"),))
_MADE = frozenset(("listed", "gathered", "given", "tabled", "grouped", "how_many", "least_of", "greatest_of"))
# what is made turn by turn or written out, as which empty one it begins; the words it has then; how more is added
_MAKING = {
    "listed": node("empty_list"), "gathered": node("empty_set"), "tabled": node("empty_dict"), "how_many": integer(0),
    "grouped": node("empty_dict"), "list": node("nothing"), "dict": node("nothing"),
}  # fmt: skip
_ADDING = {"extend": ("listed", "gathered"), "update": ("gathered", "tabled")}  # what is added turn by turn, if long
_LOOPING = frozenset(("for", "for_every", "for_over", "for_first"))
_LISTING = {"give": 0, "answer": 0, "append": 1, **dict.fromkeys(_LOOPING, 0)}  # which part is or has the list
_NAME = Node("hole", (0,))
_MOST_CHOSEN, _MOST_GIVEN, _MOST_GROUPED = 11, 15, 10
_MOST_GROUP = 16  # words of a group  # words of turns that fit a sentence with all else that it says
_SHORT_CUTS = frozenset(("any", "all", "next", "next_else"))  # do not go through all turns
_NTH = ("first", "second", "third")
_ONE = {"extend": "append", "update": "add", "gathered": "add"}
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
_PLAINER = bits(
    (*_HEADED, *_MADE, *_MOVES, "at_rc", "and", "or", "not", "any", "all", "remap", "eq", "zeros_shape",
     "pad_constant", "tuple")
)  # fmt: skip
_COLLECTIONS = frozenset(("list", "queue", "set"))
_GATHERED, _SLID = bits((*_MAKING, *CHOSEN, "given")), bits(SLIDES)
_BLOCKS = bits(["block"])


def settle(method: Node) -> Node:
    """The method in the form in which it is said; its grids stay as they are."""
    method = rewrite(without_bare_colours(_without_copy(method)), _plainer, _PLAINER)
    method = gather_ends(method)
    method = for_each_colour(without_coordinates(method))
    if method.holds(_GATHERED):  # but what has the words of a whole
        method = rewrite(_with_lists(name_wholes(method)), _turn_by_turn, _BLOCKS)
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
            method = rewrite(rest, lambda item, named=named: INPUT if item == named else item)
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
    if item.op == "if":
        item = _not_twice(item)
    if item.op == "if" and len(item.args) == 2:
        return _plainly_asked(item)
    if item.op == "while" and _is_collection(item[0]):
        return Node("while", (Node("not_empty", (item[0],)), item[1]), item.lines)
    if item.op == "remap":
        return _kept_colours(item)
    if item.op in ("eq", "zeros_shape"):
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
    if item.op == "zeros_shape":
        return Node("zeros", item[0].args, item.lines)
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


def _with_lists(method: Node) -> Node:
    """A list that is too much for the sentence that asks for it, or chooses from it, first gets a name."""
    names = method

    def named(block: Node) -> Node:
        nonlocal names
        if block.op != "block":
            return block
        statements: list[Node] = []
        for statement in block.nodes:
            found = _long_list(statement)
            if found is None:
                statements.append(statement)
                continue
            label = free_name(names, "list")
            names = Node("", (names, label))
            statements.append(Node("let", (label, found.made), all_lines(found.made) or statement.lines))
            statements.append(put_in(statement, {found.part: filled(found.left, (label,))}))
        return block.of(tuple(statements))

    return rewrite(method, named, _BLOCKS)


@dataclass(frozen=True, slots=True)
class _Long:
    """A part of a statement that is too long: the list that gets a name, and what is left of it with that name."""

    part: Node
    made: Node
    left: Node = _NAME


def _long_list(item: Node) -> _Long | None:
    part = item[_LISTING[item.op]] if item.op in _LISTING else node("nothing")
    if item.op in _LOOPING:
        part = part[1] if part.op == "each" else part
    if part.op in ("listed", "list", "dict"):
        said = shorten(part)
        return _Long(part, part) if said.op in _SAID and n_words(said) > MAX_WORDS - 3 else None
    if item.op == "let" and item[0] not in item[1].below:
        return _long_source(item[1])
    return None


def _long_source(value: Node) -> _Long | None:
    """What is chosen from, counted or compared, where the turns alone are too long."""
    said = shorten(value)
    if value.op in CHOSEN:
        return _long_choice(value) if _n_turn_words(said) > _MOST_CHOSEN else None
    if value.op in _SHORT_CUTS or value.op in _MADE or not value.nodes or said.op != value.op:
        return None
    given = value[0]
    if given.op != "given":
        return _long_source(given)
    if said[0].op != "given" or _n_turn_words(said[0]) <= _MOST_GIVEN:
        return None
    return _Long(given, Node("listed", given.args, given.lines))


def _long_choice(value: Node) -> _Long | None:
    turns = value.nodes[2:]
    if len(turns) == 1:
        return None
    targets = [part for turn in turns if turn.op != "that" for part in turn[0].nodes or turn.nodes[:1]]
    turn = node("each", targets[0] if len(targets) == 1 else Node("both", tuple(targets)), _NAME)
    return _Long(value, Node("listed", (taken(turn), *turns)), Node(value.op, (*value.args[:2], turn), value.lines))


def _n_turn_words(said: Node) -> int:
    """The words of the turns in a construct, each condition said before."""
    turns = [part for part in said.nodes if part.op in phrases() and phrases()[part.op].category in TURNED]
    return sum(4 if turn.op.endswith("that") else n_words(turn) for turn in turns)


def _turn_by_turn(block: Node) -> Node:
    """A list that is too much for one sentence is made turn by turn, one that is written out piece by piece."""
    if block.op != "block":
        return block
    statements: list[Node] = []
    for statement in block.nodes:
        if _is_long(statement):
            statements += _made(statement)
        elif _adds_long(statement):
            statements.append(_added(statement[0], statement[1], _ONE[statement.op]).at_lines(statement.lines))
        elif _unpacks_long(statement):
            statements += _unpacked(statement)
        else:
            statements.append(statement)
    return Node("block", tuple(statements), block.lines)


def _is_long(item: Node) -> bool:
    if item.op != "let" or item[0].op != "name" or item[1].op not in _MAKING or item[0] in item[1].below:
        return False
    said = shorten(item)
    if said[1].op == "grouped":
        return _n_turn_words(said[1]) > _MOST_GROUPED
    return said[1].op in _SAID and n_words(said) > MAX_WORDS


def _adds_long(item: Node) -> bool:
    if item.op not in _ADDING or item[1].op not in _ADDING[item.op] or item[0].op != "name":
        return False
    return item[0] not in item[1].below and n_words(shorten(item)) > MAX_WORDS


def _unpacks_long(item: Node) -> bool:
    """Whether several groups of names become the first items of something that has a name."""
    if item.op != "let" or item[0].op != "both" or any(part.op != "both" for part in item[0].nodes):
        return False
    firsts = item[1]
    cut = firsts.op == "items" and firsts[0].op == "name" and firsts[1] == node("before", integer(len(item[0].args)))
    return cut and n_words(shorten(item)) > MAX_WORDS


def _unpacked(item: Node) -> list[Node]:
    kept = item[1][0]
    return [Node("let", (names, _nth(kept, at)), item.lines) for at, names in enumerate(item[0].nodes)]


def _nth(kept: Node, at: int) -> Node:
    return node(_NTH[at], kept) if at < len(_NTH) else node("item", kept, integer(at))


def _made(item: Node) -> list[Node]:
    name, made = item[0], item[1]
    if made.op in _WRITTEN_OUT:
        return [piece.at_lines(item.lines) for piece in _pieces(name, made)]
    return [
        Node("let", (name, _MAKING[made.op]), item.lines),
        _added(name, made, _ONE.get(made.op, "append")).at_lines(item.lines),
    ]


def _added(name: Node, made: Node, add: str) -> Node:
    """What is made, added to what the name stands for, turn by turn; `add` says how one thing is added."""
    if made.op == "tabled":
        body, turns = node("put", node("entry", name, made[0]), made[1]), made.nodes[2:]
    elif made.op == "grouped":
        kept = node("set_default", name, made[1], node("empty_list"))
        body, turns = node("append", kept, made[0]), made.nodes[2:]
    elif made.op == "how_many":
        body, turns = node("grow", name, integer(1)), made.nodes
    else:
        body, turns = node(add, name, made[0]), made.nodes[1:]
    for turn in reversed(turns):
        block = Node("block", (body,))
        body = node("if", turn[0], block) if turn.op == "that" else node("for", turn, block)
    return body


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
