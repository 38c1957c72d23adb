"""Puts the short words of a construct in place of it, and the construct in place of its short words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby, pairwise, repeat
from types import MappingProxyType

from soar2cot.engines.symbolic.language.counting import MAX_WORDS, n_words
from soar2cot.engines.symbolic.language.node import LOOPS, Arg, Node, all_lines, bits, integer, node
from soar2cot.engines.symbolic.language.phrase import EVERY, NO, OF_EACH, SOME
from soar2cot.engines.symbolic.phrasebook.ordinals import LINES
from soar2cot.engines.symbolic.phrasebook.places import PLACES
from soar2cot.engines.symbolic.phrasebook.short import LONG, SHORT
from soar2cot.engines.symbolic.phrasebook.turns import CHOSEN, GATHERED, QUANTIFIED, TURNS, said_as, said_plainly
from soar2cot.engines.symbolic.phrasebook.wholes import INSIDE

# the cells of loops, each with the grid in which it has `the cell's colour`; and which of them `there` and `its` mean
Scope = Mapping[Node, Node]
_THERE, _ITS = Node("there"), Node("its")
_HOLE = bits(["hole"])
_NOWHERE: Scope = MappingProxyType({})
_GRIDS = frozenset(("input", "result", "picture"))
_OVER_GRIDS = frozenset(("cells", "cells_that_are", "cells_that_are_not", "cells_down"))
_IN_LISTS = frozenset(("cells_in", "cells_but", "all_cells"))
_TURNED = LOOPS | {"for_else"}
_TURNING = {
    "listed": 1, "gathered": 1, "given": 1, "tabled": 2, "grouped": 2, "how_many": 0, "least_of": 2, "greatest_of": 2
}  # fmt: skip
_QUESTIONS = frozenset(
    (
        "any", "all", "eq", "ne", "lt", "le", "gt", "ge", "in", "not_in", "inside", "not", "and", "or", "within",
        "within_closed", "between", "is_none", "not_none", "array_equal", "even", "odd", "empty", "not_empty",
    )
)  # fmt: skip
_ITS_OF = {"row_of": "its_row", "column_of": "its_column"}
_ITS_WORDS = {"its_row": "row_of", "its_column": "column_of", "its_colour": "at"}
_GATHERED_OF = {short: long for long, short in GATHERED.items()}
_CHOSEN_OF = {short: long for long, short in CHOSEN.items()}
_MANY = {"any": SOME, "all": EVERY}
_FEW = {QUANTIFIED[SOME]: "any", QUANTIFIED[EVERY]: "all"}


def shorten(item: Node, scope: Scope = _NOWHERE) -> Node:
    """The construct with short words wherever they fit, the outermost first."""
    if not item.args:
        return item
    if item.op == "at" and scope:
        if scope.get(item[1]) == item[0]:
            its = scope.get(_ITS) == item[1]
            return Node("its_colour", (), item.lines) if its else Node("colour_of", (item[1],), item.lines)
        if scope.get(_THERE) == item[1]:
            return Node("there", (shorten(item[0], scope),), item.lines)
    if item.op in _ITS_OF and scope.get(_ITS) == item[0]:
        return Node(_ITS_OF[item.op], (), item.lines)
    for op, meaning in (*SHORT.get((item.op, item.args[-1]), ()), *SHORT.get((item.op, None), ())):
        parts: dict[int, Node] = {}
        if fits(meaning, item, parts) and (op not in INSIDE or INSIDE[op].is_closed(parts)):
            lying = op.startswith(("cell_", "line_"))  # in a line that never changes, the first part
            said = [LINES[parts[0]]] if lying else []
            said += [shorten(parts[index], scope) for index in sorted(parts)[len(said) :]]
            return Node(op, tuple(said), item.lines)
    special = _SPECIAL.get(item.op)
    found = special(item, scope) if special is not None else None
    return _below(item, scope) if found is None else found


def _below(item: Node, scope: Scope) -> Node:
    if item.op in _TURNING or item.op in _TURNED:
        scope = _widened(item, scope)
        if _THERE in scope and any(part.op in PLACES and part != scope[_THERE] for part in item.below):
            scope = {key: grid for key, grid in scope.items() if key not in (_THERE, _ITS)}  # it could be another
    args = [shorten(part, scope) if isinstance(part, Node) else part for part in item.args]
    if item.op in _TURNING:
        args[_TURNING[item.op] :] = _nested(args[_TURNING[item.op] :])
    return item.of(tuple(args))


def _nested(turns: Sequence[Arg]) -> list[Arg]:
    """`each colour in each line in the input` for a turn that goes through what the turn before it binds."""
    found: list[Arg] = []
    for turn in turns:
        last = found[-1] if found else None
        if isinstance(turn, Node) and isinstance(last, Node) and turn.op == last.op == "each" and turn[1] == last[0]:
            found[-1] = Node("each_in_each", (turn[0], last[0], last[1]), last.lines | turn.lines)
        else:
            found.append(turn)
    return found


def _apart(turns: Sequence[Arg]) -> list[Arg]:
    """The reverse of `_nested`."""
    found: list[Arg] = []
    for turn in turns:
        if isinstance(turn, Node) and turn.op == "each_in_each":
            found += [node("each", turn[1], turn[2]), node("each", turn[0], turn[1])]
        else:
            found.append(turn)
    return found


def lengthen(item: Node, scope: Scope = _NOWHERE) -> Node:
    """What the short words of a construct stand for; the reverse of `shorten`."""
    if not item.args:
        return _its(item, scope) if item.op in _ITS_WORDS and _ITS in scope else LONG.get(item.op, item)
    if item.op == "colour_of" and item[0] in scope:
        return node("at", scope[item[0]], item[0])
    if item.op == "there" and _THERE in scope:
        return node("at", lengthen(item[0], scope), scope[_THERE])
    if item.op in _PLAINLY:
        return lengthen(_PLAINLY[item.op](item), scope)
    if item.op == "list" and any(part.op == "run" for part in item.nodes):
        return _out_of_runs(item)
    if item.op in _TURNING:
        item = item.of(tuple(_apart(item.args)))
    scope = _widened(item, scope)
    args = tuple([lengthen(part, scope) if isinstance(part, Node) else part for part in item.args])
    item = item.of(args)
    if item.op == "block":
        return item.of(_unpainted(item.nodes))
    meaning = LONG.get(item.op)
    return item if meaning is None else filled(meaning, item.nodes)


def _its(item: Node, scope: Scope) -> Node:
    cell = scope[_ITS]
    return Node(_ITS_WORDS[item.op], (scope[cell], cell) if item.op == "its_colour" else (cell,))


def _widened(item: Node, scope: Scope) -> Scope:
    """The scope within a loop: the cells that it goes through, and the grid they are taken from."""
    first = _TURNING.get(item.op)
    if first is None and item.op not in _TURNED:
        return scope
    found = dict(scope)
    for turn in item.nodes[:1] if first is None else item.nodes[first:]:
        if turn.op == "that":
            continue
        grid = _grid_of(turn)
        for bound in (turn[0], *turn[0].nodes):
            found.pop(bound, None)
        if turn[0].op == "pair":
            found[_THERE] = turn[0]
            found.pop(_ITS, None)
            if first is None or item.op == "grouped":  # `the lists of cell A by its colour`
                found[_ITS] = turn[0]
        if grid is not None:
            found[turn[0]] = grid
    return found


def _grid_of(turn: Node) -> Node | None:
    """The named grid through whose cells a turn goes."""
    if turn[0].op != "pair":
        return None
    grid = turn[1] if turn.op in _OVER_GRIDS else turn[1][0] if turn.op == "each" and turn[1].op in _IN_LISTS else None
    return grid if grid is not None and grid.op == "name" and not _GRIDS.isdisjoint(str(grid.args[0]).split()) else None


def _quantified(item: Node, scope: Scope) -> Node | None:
    """`C for some row of the input`, for a question on all turns."""
    asked, category = (item[0], NO) if item.op == "not" else (item, _MANY[item.op])
    if asked.op not in _MANY or (category == NO and asked.op != "any") or asked[0].op != "given":
        return None
    given = asked[0]
    if any(turn.op not in TURNS for turn in given.nodes[1:]):
        return None
    shorter = _below(given, scope).nodes
    return Node(QUANTIFIED[category], (shorter[0], *said_as(category, shorter[1:])), item.lines)


def _gathered(item: Node, scope: Scope) -> Node | None:
    """`a list of each cell of the input where …`, where the turns' own name is what is gathered."""
    inner = item if item.op in ("listed", "gathered") else item[0]
    if inner.op not in ("listed", "gathered", "given") or (inner is not item and inner.op != "given"):
        return None
    turns = _below(inner, scope).nodes[1:]
    if turns[0].op not in TURNS or turns[0][0] != inner[0] or any(turn.op != "that" for turn in turns[1:]):
        return None
    return Node(GATHERED[item.op], said_as(OF_EACH, turns), item.lines)


def _chosen(item: Node, scope: Scope) -> Node | None:
    """`the one with the least … of each cell of the input`, where the turns' own name is what is chosen."""
    shorter = _below(item, scope).nodes
    key, turns = shorter[1], shorter[2:]
    if turns[0].op not in TURNS or taken(turns[0]) != item[0] or any(turn.op != "that" for turn in turns[1:]):
        return None
    return Node(CHOSEN[item.op], (key, *said_as(OF_EACH, turns)), item.lines)


def taken(turn: Node) -> Node:
    """What a turn takes: its name, or its names together."""
    return Node("tuple", turn[0].args) if turn[0].op == "both" else turn[0]


def _painted(item: Node, scope: Scope) -> Node | None:
    """`paint the result red at …, at …`: one sentence for statements that paint cells of one grid in one colour."""
    statements = list(item.nodes)
    groups: list[list[Node]] = []
    for statement in statements:
        last = groups[-1] if groups else []
        if last and _alike(last[0], statement) and _n_words([*last, statement], scope) <= MAX_WORDS:
            last.append(statement)
        else:
            groups.append([statement])
    if len(groups) == len(statements):
        return None
    said = [_paint(group) if len(group) > 1 else group[0] for group in groups]
    return _below(Node("block", tuple(said)), scope)


def _alike(first: Node, second: Node) -> bool:
    """Whether both paint a cell of the same grid in the same colour, which no painting changes."""
    if first.op != "put" or second.op != "put" or first[0].op != "at" or second[0].op != "at":
        return False
    return first[0][0] == second[0][0] and first[1] == second[1] and first[1].op in ("colour", "int", "name")


def _n_words(group: list[Node], scope: Scope) -> int:
    first = group[0]
    places = sum(1 + n_words(shorten(statement[0][1], scope)) for statement in group)
    return 1 + n_words(first[0][0]) + n_words(first[1]) + places


def _paint(group: list[Node]) -> Node:
    first = group[0]
    places = tuple(statement[0][1] for statement in group)
    return Node("paint", (first[0][0], first[1], *places), all_lines(*group))


def _unpainted(statements: tuple[Node, ...]) -> tuple[Node, ...]:
    found: list[Node] = []
    for item in statements:
        places = item.nodes[2:] if item.op == "paint" else ()
        found += [node("put", node("at", item[0], place), item[1]) for place in places] or [item]
    return tuple(found)


def _recoloured(item: Node, scope: Scope) -> Node | None:
    """`recolour the result there, …`, for what is recoloured after what it is itself."""
    return _below(Node("recolour", (item.args[0], *item.args[2:]), item.lines), scope) if item[0] == item[1] else None


def _whether(item: Node, scope: Scope) -> Node | None:
    """`the flag becomes whether …`, `give whether …`, for a question that is kept as a value."""
    if (
        item.args[-1:] == ()
        or item[-1].op not in _QUESTIONS
        or (item.op == "let" and not _is_named(item[0], ("flag",)))
    ):
        return None
    asked = Node("whether", (item[-1],), item[-1].lines)
    return _below(Node(item.op, (*item.args[:-1], asked), item.lines), scope)


def _in_runs(item: Node, scope: Scope) -> Node | None:
    """`[3 black, red]`, for colours that stand several times in a row."""
    del scope
    if all(first != second or first.op != "colour" for first, second in pairwise(item.nodes)):
        return None
    parts: list[Node] = []
    for colour, same in groupby(item.nodes):
        n = len(list(same))
        parts += [node("run", integer(n), colour)] if n > 1 and colour.op == "colour" else [colour] * n
    return Node("list", tuple(parts), item.lines)


def _out_of_runs(item: Node) -> Node:
    parts: list[Node] = []
    for part in item.nodes:
        parts += [part[1]] * int(str(part[0].args[0])) if part.op == "run" else [part]
    return Node("list", tuple(parts))


def _asked(item: Node) -> Node:
    given = node("given", item[0], *said_plainly(item.nodes[1:]))
    return node("not", node("any", given)) if item.op == QUANTIFIED[NO] else node(_FEW[item.op], given)


def _plainly_gathered(item: Node) -> Node:
    turns = said_plainly(item.nodes)
    op = _GATHERED_OF[item.op]
    inner = node(op if op in ("listed", "gathered") else "given", turns[0][0], *turns)
    return inner if inner.op == op else node(op, inner)


def _plainly_chosen(item: Node) -> Node:
    turns = said_plainly(item.nodes[1:])
    return node(_CHOSEN_OF[item.op], taken(turns[0]), item[0], *turns)


_SPECIAL: dict[str, Callable[[Node, Scope], Node | None]] = {
    "any": _quantified,
    "all": _quantified,
    "not": _quantified,
    **dict.fromkeys(GATHERED, _gathered),
    **dict.fromkeys(CHOSEN, _chosen),
    "list": _in_runs,
    "remap": _recoloured,
    "block": _painted,
    "let": _whether,
    "give": _whether,
}
_PLAINLY: dict[str, Callable[[Node], Node]] = {
    **dict.fromkeys(QUANTIFIED.values(), _asked),
    **dict.fromkeys(_GATHERED_OF, _plainly_gathered),
    **dict.fromkeys(_CHOSEN_OF, _plainly_chosen),
    "recolour": lambda item: node("remap", item[0], *item.nodes),
    "whether": lambda item: item[0],
}


def _is_named(item: Node, nouns: Iterable[str]) -> bool:
    return item.op == "name" and any(noun in str(item.args[0]).split() for noun in nouns)


_KINDS: dict[Arg, Callable[[Node], bool]] = {
    "line": lambda item: item in LINES,
    "int": lambda item: item.op == "int",
    "changing": lambda item: item.op != "int",
    "the": lambda item: item.op in ("row_of", "column_of") or (item.op == "name" and str(item.args[0])[:4] == "the "),
    "bound": lambda item: item.op == "name",
    "count": lambda item: item.op == "name" or (item.op == "int" and int(str(item.args[0])) >= 0),
    "distance": lambda item: _is_named(item, ("distance",)),
    "lines": lambda item: item.op == "listed",
    "grid": lambda item: item.op == "listed" or _is_named(item, _GRIDS),
    "table": lambda item: _is_named(item, ("table", "tally")),
    "tally": lambda item: _is_named(item, ("tally",)),
}


def fits(meaning: Node, item: Node, parts: dict[int, Node]) -> bool:
    """Whether the construct is of that form; then `parts` holds what stands in its holes, by their index."""
    if meaning.op == "hole":
        kind = _KINDS.get(meaning.args[-1])
        return (kind is None or kind(item)) and parts.setdefault(int(str(meaning.args[0])), item) == item
    if meaning.ops & ~(item.ops | _HOLE) or meaning.op != item.op or len(meaning.args) != len(item.args):
        return False
    if not meaning.nodes or not item.nodes:
        return meaning.args == item.args
    return all(map(fits, meaning.nodes, item.nodes, repeat(parts)))


def filled(meaning: Node, parts: tuple[Node, ...]) -> Node:
    """The form with these parts in its holes."""
    if meaning.op == "hole":
        return parts[int(str(meaning.args[0]))]
    return Node(meaning.op, tuple(filled(part, parts) if isinstance(part, Node) else part for part in meaning.args))
