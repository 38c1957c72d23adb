"""Searches written by hand that follow cells of one kind from side to side: connected cells, shapes, floods."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial, reduce

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Operation, Proposal
from soar2cot.engines.symbolic.idioms.joined import (
    ALL,
    SIDES,
    Cell,
    connected,
    connected_but,
    connected_in,
    objects,
    shapes,
    shapes_but,
    shapes_in,
)
from soar2cot.engines.symbolic.idioms.regions import instead, starts_as, without
from soar2cot.engines.symbolic.language.names import free_name
from soar2cot.engines.symbolic.language.node import Node, all_lines, node, walk
from soar2cot.engines.symbolic.phrasebook.entry import Entry, entry
from soar2cot.engines.symbolic.phrasebook.places import STEPS
from soar2cot.engines.symbolic.simplify.trees import names_in, substitute

_TAKEN = frozenset(("pop", "pop_left", "pop_at"))
_CELL_TURNS = frozenset(("cells", "cells_that_are", "cells_that_are_not"))
_WIDE = {4: "", 8: "_wide"}


def propose(method: Node) -> Iterator[Proposal]:
    """Searches from one cell; then loops that search from every cell not yet reached."""
    for block in walk(method):
        if block.op == "block":
            for index, item in enumerate(block.nodes):
                if item.op == "while":
                    yield from _search(method, block, index)
                elif item.op == "do":
                    yield from _recursion(method, block, index)
                elif item.op == "for":
                    yield from _shapes(method, block, index)


def _search(method: Node, block: Node, index: int) -> Iterator[Proposal]:
    """A queue that is emptied: what is taken off it is looked at, its neighbours are added."""
    loop = block[index]
    queue, body = loop[0], loop[1]
    queue = queue[0] if queue.op in ("not_empty", "length", "truth") else queue[0] if queue.op == "gt" else queue
    queue = queue[0] if queue.op == "length" else queue
    first = body.nodes[0] if body.args else loop
    if first.op != "let" or first[1].op not in _TAKEN or first[1][0] != queue or queue.op != "name":
        return
    start = next(
        (place for place in range(index - 1, -1, -1) if block[place].op == "let" and block[place][0] == queue), None
    )
    if start is None:
        return
    cell = _start(block[start][1])
    if cell is None:
        return
    kept = [_as_cell(first[0]), queue]
    for said in _said(block, index, body, kept[0], cell, queue):
        yield without(block, start, index, *said)


def _start(value: Node) -> Node | None:
    """The cell with which a queue begins."""
    if value.op == "queue_of":
        value = value[0]
    if value.op == "list" and len(value.args) == 1:
        return _as_cell(value[0])
    return None


def _as_cell(item: Node) -> Node:
    """<row of A, column of A> as A; two names as the place of that row and column."""
    if item.op in ("tuple", "both") and len(item.args) == 2:
        if item[0].op == "row_of" and item[1].op == "column_of" and item[0][0] == item[1][0]:
            return item[0][0]
        return node("at_rc", item[0], item[1])
    return item


def _said(block: Node, index: int, body: Node, cell: Node, start: Node, queue: Node) -> Iterator[list[Node]]:
    """What the search comes to: the group, and where it is noted. A guess for each grid and kind that it compares."""
    ways = _ways(body)
    for op, grid, colour in _kinds(body):
        group = Node(op + _WIDE[ways], (start, grid) if colour is None else (start, grid, colour))
        met = [cell, *(_as_cell(part[1]) for part in walk(body) if part.op == "append" and part[0] == queue)]
        notes = [
            _note(part, place, group, block, index)
            for part in walk(body)
            for place in dict.fromkeys(met)
            if _notes(part, place, queue)
        ]
        said = [note for note in notes if note is not None]
        if said:
            yield _shared(said, group)


def _ways(body: Node) -> int:
    """To how many sides the search goes: 4, or 8 where it takes corners too."""
    if any(part.op == "touching" for part in walk(body)):
        return 8
    steps = {part.args for part in walk(body) if part.op == "dir"}
    named = {part.op for part in walk(body) if part.op in STEPS}
    both = any(part.op in ("from_below", "cells_box") for part in walk(body))
    return 8 if len(steps) > 4 or len(named) > 4 or both else 4


def _kinds(body: Node) -> list[tuple[str, Node, Node | None]]:
    """(construct, grid, colour): cells of the same colour as the first, of one colour, of all but one."""
    found: dict[tuple[str, Node, Node | None], None] = {}
    for part in walk(body):
        if part.op in ("eq", "ne") and part[0].op == "at" and part[0][0].op == "name":
            grid, colour = part[0][0], part[1]
            if colour.op in ("int", "colour"):
                ops = ("connected_in", "connected_but")
                for op in ops if part.op == "eq" else ops[::-1]:  # what it goes on with, or what it turns back at
                    found[op, grid, colour] = None
            else:
                found[("connected", grid, None)] = None
    return list(found)


def _notes(part: Node, cell: Node, queue: Node) -> bool:
    """Whether a statement notes the cell that the search stands at."""
    if part.op in ("append", "add"):
        return part[0] != queue and part[0].op == "name" and _as_cell(part[1]) == cell
    return part.op == "put" and part[0].op == "at" and part[0][1] == cell


def _note(part: Node, cell: Node, group: Node, block: Node, index: int) -> Node | None:
    if part.op == "put":
        turn = node("each", Node("pair", ("cell Z",)), group)
        return node("for_every", turn, node("block", substitute(part, cell, Node("pair", ("cell Z",)))))
    kind = {"append": "empty_list", "add": "empty_set"}[part.op]
    if starts_as(block, index, part[0], kind) is not None:
        return node("let", part[0], group if part.op == "append" else node("set_of", group))
    return node("extend" if part.op == "append" else "update", part[0], group)


def _shared(said: list[Node], group: Node) -> list[Node]:
    """The group is said once; a list that it becomes is asked for afterwards."""
    lets = [item for item in said if item.op == "let" and item[1] == group]
    if not lets or len(said) == 1:
        return said
    label = lets[0][0]
    return [lets[0], *(substitute(item, group, label) for item in said if item is not lets[0])]


def _recursion(method: Node, block: Node, index: int) -> Iterator[Proposal]:
    """A procedure that does itself for the neighbours of its cell."""
    call = block[index][0]
    if call.op != "call":
        return
    define = next((item for item in walk(method) if item.op == "define" and item[0] == call[0]), None)
    if define is None or len(define.args) != 3 or not any(part == call[0] for part in walk(define[1])):
        return
    if any(part is block for part in walk(define)):
        return  # where the procedure does itself: what is done first is the search
    parameters = define[2].nodes if define[2].op == "both" else (define[2],)
    if len(parameters) != len(call.args) - 1:
        return
    body, cell, start = define[1], parameters[0], call[1]
    for parameter, argument in zip(parameters[1:], call.nodes[2:], strict=True):
        body = substitute(body, parameter, argument)
    alone = names_in(method)[call[0]] == names_in(define)[call[0]] + 1
    lines = all_lines(define) if alone else 0
    for said in _said(block, index, body, cell, start, call[0]):
        yield instead(block, index, index + 1, *said, lines=lines)


def _shapes(method: Node, block: Node, index: int) -> Iterator[Proposal]:
    """For every cell that no search reached, what is connected to it: for each shape."""
    loop = block[index]
    if loop[0].op not in _CELL_TURNS:
        return
    cell, grid, body = loop[0][0], loop[0][1], loop[1].nodes
    excepted = loop[0][2] if loop[0].op == "cells_that_are_not" else None
    only = loop[0][2] if loop[0].op == "cells_that_are" else None
    body = _asked_first(body)
    if len(body) == 1 and body[0].op == "if" and len(body[0].args) == 2:
        excepted = next(
            (part[1] for part in walk(body[0][0]) if part.op == "ne" and part[0] == node("at", grid, cell)), excepted
        )
        only = next(
            (part[1] for part in walk(body[0][0]) if part.op == "eq" and part[0] == node("at", grid, cell)), only
        )
        body = body[0][1].nodes
    for place, item in enumerate(body):
        group = item[1] if item.op == "let" else item
        as_set, group = group.op == "set_of", group[0] if group.op == "set_of" else group
        if group is not item and group.op.startswith("connected") and group[0] == cell:
            said = _turn_of(group, grid, only, excepted)
            rest = [part for number, part in enumerate(body) if number != place and not _begins(part, item[0])]
            label = free_name(method, "list") if as_set else item[0]
            rest = [node("let", item[0], node("set_of", label))] * as_set + rest
            if any(cell in set(walk(part)) for part in rest):
                rest = [node("let", cell, node("first", label)), *rest]
            yield instead(block, index, index + 1, node("for", node("each", label, said), Node("block", tuple(rest))))
            return


def _begins(item: Node, label: Node) -> bool:
    """Whether a statement only makes empty what the search fills."""
    return item.op == "let" and item[0] == label and item[1].op in ("empty_list", "empty_set")


def _turn_of(group: Node, grid: Node, only: Node | None, excepted: Node | None) -> Node:
    """All groups of the kind that one was searched for."""
    wide = "_wide" if group.op.endswith("_wide") else ""
    if group.op.startswith("connected_but"):
        return Node("objects" + wide, (grid, group[2]))
    if only is not None:
        return Node("shapes_in" + wide, (grid, only))
    return Node("shapes" + wide, (grid,)) if excepted is None else Node("shapes_but" + wide, (grid, excepted))


def _asked_first(body: tuple[Node, ...]) -> tuple[Node, ...]:
    """`if the cell is not black, …` for `if the cell is black or was met, go on with the next one; …`."""
    first = body[0] if len(body) > 1 else Node("none")
    if first.op != "if" or first.nodes[1:] != (Node("block", (Node("skip"),)),):
        return body
    turned = {"eq": "ne", "ne": "eq"}
    parts = [Node(turned[part.op], part.args) for part in walk(first[0]) if part.op in turned]
    asked = reduce(lambda a, b: node("and", a, b), parts) if parts else node("not", first[0])
    return (Node("if", (asked, Node("block", body[1:])), first.lines),)


def _rows(wide: str, steps: tuple[Cell, ...], how: str) -> tuple[tuple[Entry, ...], dict[str, Operation]]:
    rows = (
        entry(f"connected{wide}", f"the shape of {{0:53}} in {{1:60}} {how}", run=f"f_connected{wide}({{0}}, {{1}})"),
        entry(
            f"connected_in{wide}",
            f"the shape of {{0:53}} in {{1:60}} that is {{2:60}} {how}",
            run=f"f_connected_in{wide}({{0}}, {{1}}, {{2}})",
        ),
        entry(
            f"connected_but{wide}",
            f"the object of {{0:53}} in {{1:60}} except {{2:60}} {how}",
            run=f"f_connected_but{wide}({{0}}, {{1}}, {{2}})",
        ),
        entry(f"shapes{wide}", f"the shapes of {{0:60}} {how}", run=f"f_shapes{wide}({{0}})"),
        entry(
            f"shapes_in{wide}",
            f"the shapes of {{0:60}} that are {{1:60}} {how}",
            run=f"f_shapes_in{wide}({{0}}, {{1}})",
        ),
        entry(
            f"shapes_but{wide}",
            f"the shapes of {{0:60}} except {{1:60}} {how}",
            run=f"f_shapes_but{wide}({{0}}, {{1}})",
        ),
        entry(f"objects{wide}", f"the objects of {{0:60}} except {{1:60}} {how}", run=f"f_objects{wide}({{0}}, {{1}})"),
    )
    operations = {
        f"f_connected{wide}": partial(connected, steps=steps),
        f"f_connected_in{wide}": partial(connected_in, steps=steps),
        f"f_connected_but{wide}": partial(connected_but, steps=steps),
        f"f_shapes{wide}": partial(shapes, steps=steps),
        f"f_shapes_in{wide}": partial(shapes_in, steps=steps),
        f"f_shapes_but{wide}": partial(shapes_but, steps=steps),
        f"f_objects{wide}": partial(objects, steps=steps),
    }
    return rows, operations


_NARROW_ROWS, _NARROW = _rows("", SIDES, "joined by sides")
_WIDE_ROWS, _WIDELY = _rows("_wide", ALL, "joined by sides or corners")

IDIOM = Idiom(
    id="connected",
    concepts=("flood fill", "connected cells", "shape", "object", "component"),
    propose=propose,
    entries=(*_NARROW_ROWS, *_WIDE_ROWS),
    operations={**_NARROW, **_WIDELY},
    licenses=("shape_count", "object_count", "shapes_recoloured", "rank_becomes", "size_decides"),
)
