"""What a method should not say, and how many steps it should have, by other constructs that give the same grids."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.names import INPUT, RESULT, free_name
from soar2cot.engines.symbolic.language.node import LOOPS, Node, all_lines, bits, node, rewrite, walk

MIN_STEPS = 3
_CELL = Node("pair", ("the cell",))
_WHOLE = frozenset(("unique", "distinct_but", "list", "listed", "sorted", "list_of", "cells_in", "cells_but"))
_SIZED = frozenset(("blank", "zeros"))
_SIZES = Node("name", ("the height",)), Node("name", ("the width",))
_COPIES = (node("copy", INPUT), node("grid_copy", INPUT))
_ON_WRITING = frozenset(("str_of", "joined", "split_words", "replace_words", "find_words", "starts_with", "kind_str"))
_WRITING = bits(["str"])


def with_steps(method: Node) -> Node:
    """At least three statements, where a shorter method can be said so: what is made, and that it is the answer."""
    last = method[len(method.args) - 1] if method.args else node("nothing")
    if len(method.args) >= MIN_STEPS:
        return method
    if len(method.args) == 2 and method[0].op == "let" and method[0][0] == RESULT and last == node("answer", RESULT):
        if method[0][1] in _COPIES:
            return _cell_by_cell(method[0].lines)
        if method[0][1].op in _SIZED:
            return _size_first(method[0], last)
        longer = with_steps(Node("block", (Node("answer", (method[0][1],), method[0].lines | last.lines),)))
        return longer if len(longer.args) >= MIN_STEPS else method
    if len(method.args) == 2 and method[0].op == "if" and len(method[0].args) == 2:
        return _asked_first(method)
    if len(method.args) == 2 and last == node("answer", INPUT) and RESULT not in walk(method):
        copied = Node("let", (RESULT, node("copy", INPUT)), method[0].lines)
        return Node("block", (copied, *(rewrite(part, _as_result) for part in method.nodes)))
    if last.op != "answer":
        made = {part[0] for part in walk(method) if part.op == "let"}
        return Node("block", (*method.args, node("answer", RESULT))) if RESULT in made else method
    if len(method.args) == 1 and last[0] in (INPUT, *_COPIES):
        return _cell_by_cell(last.lines)
    if len(method.args) > 1 or last[0].op == "name" or RESULT in walk(last):
        return method
    if _is_constant(last[0]):
        return _row_by_row(last)
    copied = INPUT in walk(last)
    made = rewrite(last[0], _as_result)
    first = (Node("let", (RESULT, node("copy", INPUT)), last.lines),) if copied else ()
    return Node("block", (*first, Node("let", (RESULT, made), last.lines), Node("answer", (RESULT,), last.lines)))


def _as_result(item: Node) -> Node:
    return RESULT if item == INPUT else item


def _asked_first(method: Node) -> Node:
    """What a method of one choice asks, said before it."""
    flag = Node("name", ("the flag",))
    if flag in walk(method):
        return method
    choice = method[0].of((flag, *method[0].args[1:]))
    return Node("block", (Node("let", (flag, method[0][0]), method[0].lines), choice, method[1]))


def with_source(method: Node) -> Node:
    """What the loop of a method of two statements goes through, said before it."""
    loop = method[0] if len(method.args) == 2 else node("nothing")
    if loop.op not in LOOPS or loop[0].op != "each" or loop[0][1].op not in _WHOLE:
        return method
    label, turn = free_name(method, "list"), loop[0]
    loop = loop.of((Node("each", (turn[0], label), turn.lines), *loop.args[1:]))
    return Node("block", (Node("let", (label, turn[1]), all_lines(turn[1])), loop, *method.args[1:]))


def _cell_by_cell(lines: int) -> Node:
    """A copy of the input, in as many steps as any other method has."""
    blank = Node("let", (RESULT, node("blank_like", INPUT, Node("colour", (0,)))), lines)
    paint = node("put", node("at", RESULT, _CELL), node("at", INPUT, _CELL))
    loop = Node("for_every", (node("cells", _CELL, INPUT), Node("block", (paint,))), lines)
    return Node("block", (blank, loop, Node("answer", (RESULT,), lines)))


def _is_constant(grid: Node) -> bool:
    return grid.op == "list" and all(row.op == "list" and not row.names for row in grid.nodes)


def _row_by_row(answer: Node) -> Node:
    """A grid that never changes, one row after the other."""
    rows = [Node("append", (RESULT, row), answer.lines) for row in answer[0].nodes]
    first, last = Node("let", (RESULT, node("empty_list")), answer.lines), Node("answer", (RESULT,), answer.lines)
    return Node("block", (first, *rows, last))


def _size_first(made: Node, answer: Node) -> Node:
    """What is made in one colour, its height and width said before."""
    sizes = made[1].nodes[:2]
    lets = [Node("let", (label, size), made.lines) for label, size in zip(_SIZES, sizes, strict=True)]
    value = Node(made[1].op, (*_SIZES, *made[1].args[2:]), made[1].lines)
    return Node("block", (*lets, Node("let", (RESULT, value), made.lines), answer))


def without_identifiers(method: Node) -> Node:
    """Keys of tables in words, where writings are only compared."""
    if not method.holds(_WRITING):
        return method
    strings = {str(item.args[0]) for item in walk(method) if item.op == "str"}
    plain = {text: text.replace("_", " ").strip() for text in strings}
    if len(set(plain.values())) < len(strings) or any(item.op in _ON_WRITING for item in walk(method)):
        return method
    return rewrite(method, lambda item: Node("str", (plain[str(item.args[0])],)) if item.op == "str" else item)
