"""Loops over steps and the cells they lead to, said as neighbours."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node, bits, node, rewrite
from soar2cot.engines.symbolic.simplify.trees import names_in

_SIDES = {(-1, 0), (1, 0), (0, -1), (0, 1)}
_CORNERS = {(-1, -1), (-1, 1), (1, -1), (1, 1)}


def name_neighbours(method: Node) -> Node:
    """`for each direction: let cell B be A moved in it; if B lies inside G` as `for each cell B beside A in G`."""
    return rewrite(method, _loop, bits(["for"]))


def _loop(item: Node) -> Node:
    if item.op != "for" or item[0].op != "each" or item[0][1].op != "directions":
        return item
    steps = {part.args for part in item[0][1].nodes}
    op = "beside" if steps == _SIDES else "touching" if steps == _SIDES | _CORNERS else None
    op = op or ("diagonal_to" if steps == _CORNERS else None)
    body = item[1].nodes
    if op is None or len(body) != 2 or body[0].op != "let" or body[1].op != "if" or len(body[1].args) != 2:
        return item
    let, choice = body
    moved = let[1]
    if moved.op != "moved" or moved[1] != item[0][0] or item[0][0] in names_in(choice):
        return item
    grid, rest = _inside(choice[0], let[0])
    if grid is None:
        return item
    inner = choice[1] if rest is None else node("block", node("if", rest, choice[1]))
    return node("for", node(op, let[0], moved[0], grid), inner.at_lines(item[1].lines))


def _inside(condition: Node, cell: Node) -> tuple[Node | None, Node | None]:
    """(grid, the rest of the condition)."""
    if condition.op == "inside" and condition[0] == cell:
        return condition[1], None
    if condition.op == "and":
        grid, rest = _inside(condition[0], cell)
        if grid is not None:
            return grid, condition[1] if rest is None else node("and", rest, condition[1])
    return None, None


def name_coloured_cells(method: Node) -> Node:
    """`for each cell where the cell is red` as `for each cell that is red`."""
    return rewrite(method, _coloured, bits(["for", "listed", "gathered", "given", "tabled"]))


def _coloured(item: Node) -> Node:
    if item.op == "for" and item[0].op == "cells" and len(item[1].args) == 1:
        choice = item[1][0]
        if choice.op == "if" and len(choice.args) == 2:
            turn, rest = _that(item[0], choice[0])
            if turn is not None:
                body = choice[1] if rest is None else node("block", node("if", rest, choice[1]))
                return node("for", turn, body.at_lines(item[1].lines))
    if item.op in ("listed", "gathered", "given", "tabled"):
        return _coloured_turns(item)
    return item


def _coloured_turns(item: Node) -> Node:
    args = list(item.nodes)
    for index in range(len(args) - 1):
        if args[index].op == "cells" and args[index + 1].op == "that":
            turn, rest = _that(args[index], args[index + 1][0])
            if turn is not None:
                args[index : index + 2] = [turn] if rest is None else [turn, node("that", rest)]
                return Node(item.op, tuple(args))
    return item


def _that(turn: Node, condition: Node) -> tuple[Node | None, Node | None]:
    if condition.op in ("eq", "ne") and condition[0] == node("at", turn[1], turn[0]) and _steady(condition[1], turn):
        op = "cells_that_are" if condition.op == "eq" else "cells_that_are_not"
        return node(op, turn[0], turn[1], condition[1]), None
    if condition.op == "and":
        found, rest = _that(turn, condition[0])
        if found is not None:
            return found, condition[1] if rest is None else node("and", rest, condition[1])
    return None, None


def _steady(value: Node, turn: Node) -> bool:
    return turn[0] not in names_in(value) and value.op in ("int", "colour", "name")


def _rising(low: Node, high: Node) -> bool:
    """Whether both are plain numbers, the first not negative and below the second."""
    return low.op == high.op == "int" and 0 <= int(str(low.args[0])) < int(str(high.args[0]))


def name_ranges(method: Node) -> Node:
    """`from a to before b plus 1` as `from a through b`."""

    def one(item: Node) -> Node:
        if item.op == "from_before" and item[1].op == "plus" and item[1][1] == Node("int", (1,)):
            return node("through", item[0], item[1][0])
        if item.op == "from_before" and _rising(item[0], item[1]):
            return node("through", item[0], Node("int", (int(str(item[1].args[0])) - 1,)))
        if item.op == "from_below" and _rising(item[1], item[2]):
            return node("from_to", item[0], item[1], Node("int", (int(str(item[2].args[0])) - 1,)))
        return item

    return rewrite(method, one, bits(["from_before", "from_below"]))
