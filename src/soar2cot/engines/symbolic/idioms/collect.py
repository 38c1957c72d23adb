"""What a loop gathers one by one, said as the list, set, table or number that it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.idioms.regions import loops, starts_as, unrolled, without
from soar2cot.engines.symbolic.language.names import free_name
from soar2cot.engines.symbolic.language.node import Node, bits, integer, node, rewrite, walk
from soar2cot.engines.symbolic.phrasebook.entry import entry
from soar2cot.engines.symbolic.simplify.trees import pure

_EMPTY = {
    "append": ("empty_list",),
    "add": ("empty_set",),
    "grow": ("int",),
    "table": ("empty_dict", "list_table", "set_table"),
    "tally": ("empty_dict", "zero_table", "empty_tally"),
}
_FIRST = {"append": Node("empty_list"), "add": Node("empty_set")}
_WHOLE = {"extend": ("listed", "empty_list"), "update": ("gathered", "empty_set")}


def propose(method: Node) -> Iterator[Proposal]:
    """Loops that do nothing but add to one thing; lists of cells that are chosen by their colour alone."""
    for block, index in loops(method):
        yield from _gathered(block, index)
    named = rewrite(method, _cells, bits(["listed"]))
    if named != method:
        yield Proposal(method, named)


def _gathered(block: Node, index: int) -> Iterator[Proposal]:
    turns, body = unrolled(block[index])
    if len(body) == 1 and body[0].op in ("append", "add", "grow"):
        target, value = body[0][0], body[0][1]
        if target.op == "name" and target not in set(walk(Node("", (*turns, value)))) and pure(value):
            yield _one(block, index, body[0].op, target, _as_list(body[0].op, value, turns))
    if len(body) == 1 and body[0].op in _WHOLE:
        yield from _merged(block, index, turns, body[0])
    found = _table(body)
    if found is not None:
        kind, target, key, value = found
        start = starts_as(block, index, target, *_EMPTY[kind])
        said = Node("grouped", (value, key, *turns)) if kind == "table" else node("tally", Node("given", (key, *turns)))
        if start is not None:
            yield without(block, start, index, node("let", target, said))


def _merged(block: Node, index: int, turns: list[Node], body: Node) -> Iterator[Proposal]:
    """What every turn adds of, item by item, where nothing was in it before."""
    target, source, (made, empty) = body[0], body[1], _WHOLE[body.op]
    start = starts_as(block, index, target, empty)
    if start is None or target.op != "name" or target in set(walk(Node("", (*turns, source)))) or not pure(source):
        return
    item = free_name(block, "colour")
    yield without(block, start, index, node("let", target, Node(made, (item, *turns, node("each", item, source)))))


def _one(block: Node, index: int, op: str, target: Node, value: Node) -> Proposal:
    start = starts_as(block, index, target, *_EMPTY[op])
    if op == "grow" and start is not None and block[start][1] != integer(0):
        start = None
    if start is not None:
        return without(block, start, index, node("let", target, value))
    return without(block, None, index, node({"append": "extend", "add": "update", "grow": "grow"}[op], target, value))


def _as_list(op: str, value: Node, turns: list[Node]) -> Node:
    if op == "append":
        return _cells(Node("listed", (value, *turns)))
    if op == "add":
        return Node("gathered", (value, *turns))
    return Node("how_many", tuple(turns)) if value == integer(1) else node("sum", Node("given", (value, *turns)))


def _table(body: tuple[Node, ...]) -> tuple[str, Node, Node, Node] | None:
    """(kind, table, key, value) where a turn adds one value under one key."""
    last = _under_its_key(body[-1]) if 1 <= len(body) <= 2 else None
    if last is None or last.op not in ("append", "add", "grow") or last[0].op != "entry":
        return None
    table, key = last[0][0], last[0][1]
    if len(body) == 2 and (body[0].op != "if" or body[0][0] != node("not_in", key, table)):
        return None
    if table.op != "name" or not pure(key) or not pure(last[1]):
        return None
    if last.op == "grow":
        return ("tally", table, key, last[1]) if last[1] == integer(1) else None
    return "table", table, key, last[1]


def _under_its_key(item: Node) -> Node:
    """`increase the entry of T for K by 1`, `add X to the entry of T for K`, however a first entry is made."""
    if item.op == "put" and item[0].op == "entry":
        entry, one = item[0], integer(1)
        if item[1] == node("plus", Node("get_else", (*entry.args, integer(0))), one):
            return Node("grow", (entry, one), item.lines)
    if item.op in _FIRST and item[0].op == "set_default" and item[0].nodes[2:] == (_FIRST[item.op],):
        return Node(item.op, (Node("entry", item[0].args[:2]), item[1]), item.lines)
    return item


def _cells(item: Node) -> Node:
    if item.op == "listed" and len(item.args) == 2 and item[0] == item[1][0] and item[1].op == "each":
        return item[1][1] if item[1][1].op.startswith(("shapes", "objects")) else item
    if item.op == "listed" and len(item.args) == 2 and item[0] == item[1][0] and item[0].op == "pair":
        op = {"cells_that_are": "cells_in", "cells_that_are_not": "cells_but", "cells": "all_cells"}.get(item[1].op)
        if op is not None:
            return Node(op, item[1].nodes[1:])
    return item


def all_cells(grid: Any) -> list[tuple[int, int]]:
    """Every cell as row and column, in reading order."""
    return [(row, column) for row in range(len(grid)) for column in range(len(grid[0]))]


def cells_in(grid: Any, colour: Any) -> list[tuple[int, int]]:
    """The cells of a colour, in reading order."""
    return [
        (row, column)
        for row in range(len(grid))
        for line in [grid[row]]
        for column in range(len(grid[0]))
        if line[column] == colour
    ]


def cells_but(grid: Any, colour: Any) -> list[tuple[int, int]]:
    """The cells of all colours but one, in reading order."""
    return [
        (row, column)
        for row in range(len(grid))
        for line in [grid[row]]
        for column in range(len(grid[0]))
        if line[column] != colour
    ]


def grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    """The values under their keys, both in the order in which they came."""
    found: dict[Any, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


IDIOM = Idiom(
    id="collect",
    concepts=("gather", "list of cells", "count", "group by colour", "tally"),
    propose=propose,
    entries=(
        entry("all_cells", "all cells of {0:60}", run="f_all_cells({0})"),
        entry("cells_in", "the cells of {0:60} that are {1:60}", run="f_cells_in({0}, {1})"),
        entry("cells_but", "the cells of {0:60} except {1:60}", run="f_cells_but({0}, {1})"),
        entry("how_many", "how many there are {*0:each}", run="f_counted(1 @0)", level=4),
        entry("grouped", "lists of {0:7} by {1:7} {*2:each}", run="f_grouped(({1}, {0}) @2)", level=4),
    ),
    says=("tally",),
    operations={
        "f_all_cells": all_cells,
        "f_cells_in": cells_in,
        "f_cells_but": cells_but,
        "f_counted": sum,
        "f_grouped": grouped,
    },
    licenses=("input_tally", "shape_count", "object_count"),
)
