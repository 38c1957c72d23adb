"""Pairs of numbers that never change, in words: as the cells or the directions that they are, or side by side."""

from __future__ import annotations

from collections.abc import Iterator

from soar2cot.engines.symbolic.language.node import Node, bits, integer, node, rewrite, walk

_PAIRS = bits(["tuple"])
_COLLECTIONS = frozenset(("list", "set", "tuple"))
_HOLDING = frozenset((*_COLLECTIONS, "dict", "tabled"))
_CHANGES = frozenset(("let", "append", "add", "extend", "update"))
_ASKED = frozenset(("each", "in", "not_in"))
_TAKEN = frozenset(("item", "entry", "first", "second", "third", "last"))
_MEETING = frozenset(("at_rc", "crossing", "part"))
_SIDES = integer(0), integer(1)


def without_coordinates(method: Node) -> Node:
    """Cells, where numbers in pairs are gone through, taken or asked for as cells; else whatever else they are."""
    if not method.holds(_PAIRS):
        return method
    method = rewrite(rewrite(method, _as_directions), _plainly_listed)
    holders = {source for target, source in _sources(method) if _is_place(target, method)}
    indexed = {item[1] for item in walk(method) if item.op == "row" and _is_held(item[1], method)}
    holders |= {source for target, source in _sources(method) if target in indexed}
    holders |= {index[0] for index in indexed if index.op in _TAKEN}

    def change(item: Node) -> Node:
        if item in holders and item.op in _COLLECTIONS:
            return _of_places(item)
        if item.op == "row" and item[1] in indexed:
            return Node("at", (item[0], node("at_rc", node("first", item[1]), node("second", item[1]))), item.lines)
        holder = item[0] if item.op in _CHANGES else item[0][0] if item.op == "put" and item[0].op == "entry" else None
        if holder is None or not (holder in holders or "place" in str(holder.args[0]).split()):
            return item
        return Node(item.op, (item[0], _of_places(item[1])), item.lines)

    return rewrite(rewrite(method, change), _side_by_side)


def _plainly_listed(item: Node) -> Node:
    """`each item in [0, 3]` for `each item in <0, 3>`; what several parts become that never changes, said of each."""
    if item.op in _ASKED and item[1].op == "tuple" and not any(part.op == "tuple" for part in item[1].nodes):
        return item.of((item[0], Node("list", item[1].args, item[1].lines), *item.args[2:]))
    if item.op != "block" or not any(map(_sets_several, item.nodes)):
        return item
    statements: list[Node] = []
    for statement in item.nodes:
        if not _sets_several(statement):
            statements.append(statement)
            continue
        for target, value in zip(statement[0].nodes, statement[1].nodes, strict=True):
            op = "let" if target.op in ("name", "pair") else "put"
            statements.append(Node(op, (target, value), statement.lines))
    return item.of(tuple(statements))


def _sets_several(item: Node) -> bool:
    if item.op not in ("let", "put") or item[0].op != "both" or item[1].op != "tuple":
        return False
    constant = all(part.op in ("int", "colour") for part in item[1].nodes)
    return constant and len(item[0].args) == len(item[1].args)


def _sources(method: Node) -> Iterator[tuple[Node, Node]]:
    """(what it is called, of what it is one) for all that is gone through, taken or asked for."""
    for item in walk(method):
        if item.op in _ASKED:
            yield from _gone_through(item[0], item[1])
        elif item.op == "let" and item[1].op in _TAKEN:
            yield item[0], item[1][0]
        elif item.op in _MEETING:
            yield from _met(item[len(item.args) - 2], item[len(item.args) - 1])


def _gone_through(target: Node, source: Node) -> list[tuple[Node, Node]]:
    """The same for what turns go through, with numbers, with keys, or side by side."""
    if source.op in ("numbered", "pairs") and target.op == "both":
        return [(target[1], source[0])]
    if source.op == "zip" and target.op == "both" and len(target.args) == len(source.args):
        return list(zip(target.nodes, source.nodes, strict=True))
    return [(target, source)]


def _met(row: Node, column: Node) -> Iterator[tuple[Node, Node]]:
    """A row and a column that are the two numbers at one place of a list of lists."""
    columns = set(walk(column))
    for item in walk(row):
        if item.op == "at" and item[1].op == "at_rc" and item[1][1] == _SIDES[0]:
            beside = node("at", item[0], node("at_rc", item[1][0], _SIDES[1]))
            if beside in columns:
                yield Node("both", (item, beside)), item[0]


def _is_place(target: Node, method: Node) -> bool:
    """Whether it is a cell, or two names that are asked for as row and column."""
    if target.op != "both" or len(target.args) != 2:
        return target.op == "pair"
    row, column = target.nodes
    return any(
        row in walk(item[len(item.args) - 2]) and column in walk(item[len(item.args) - 1])
        for item in walk(method)
        if item.op in _MEETING
    )


def _is_held(index: Node, method: Node) -> bool:
    """Whether a row is asked for by what is a pair of numbers: then it is a cell of an array."""
    sources = {index[0]} if index.op in _TAKEN else {source for target, source in _sources(method) if target == index}
    kept = [item for item in walk(method) if item.op == "let" and item[0] in sources]
    return bool(kept) and all(item[1].op in _HOLDING and _of_places(item[1]) != item[1] for item in kept)


def _of_places(item: Node) -> Node:
    """Cells in place of the pairs that a collection holds, or a table as its entries."""
    if _is_pair(item):
        return Node("at_rc", item.args, item.lines)
    if item.op in ("key_value", "tabled"):
        return item.of((item[0], _of_places(item[1]), *item.args[2:]))
    if item.op == "dict":
        return item.of(tuple(map(_of_places, item.nodes)))
    return item.of(tuple(map(_of_places, item.nodes))) if item.op in _COLLECTIONS else item


def _is_pair(item: Node) -> bool:
    return item.op == "tuple" and len(item.args) == 2 and all(part.op == "int" for part in item.nodes)


def _numbers(item: Node) -> tuple[int, ...]:
    return tuple([int(str(part.args[0])) for part in item.nodes])


def _as_directions(item: Node) -> Node:
    """`up`, `down` for pairs that lead one step and of which one is negative, however they are kept."""
    keyed = item.op == "dict"
    if not (keyed or item.op in _COLLECTIONS) or not item.args:
        return item
    pairs = [part[0] if part.op == "key_value" else part for part in item.nodes]
    if not all(map(_is_pair, pairs)):
        return item
    steps = [_numbers(pair) for pair in pairs]
    if not all(-1 <= by <= 1 for step in steps for by in step) or all(by >= 0 for step in steps for by in step):
        return item
    said = [Node("dir", step, pair.lines) for step, pair in zip(steps, pairs, strict=True)]
    if keyed:
        said = [Node("key_value", (step, part[1]), part.lines) for step, part in zip(said, item.nodes, strict=True)]
    return item.of(tuple(said))


def _side_by_side(item: Node) -> Node:
    """`the list of [0, 1] side by side with [3, 4]` for pairs that are no cells."""
    if item.op != "list" or len(item.args) < 2 or not all(map(_is_pair, item.nodes)):
        return item
    halves = [Node("list", tuple(part[side] for part in item.nodes), item.lines) for side in (0, 1)]
    return Node("list_of", (node("zip", *halves),), item.lines)
