"""What a method should not say, and how many steps it should have, by other constructs that give the same grids."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.names import INPUT, RESULT
from soar2cot.engines.symbolic.language.node import Node, bits, node, rewrite, walk

MIN_STEPS = 3
_CELL = Node("pair", ("the cell",))
_SIZED = frozenset(("blank", "zeros"))
_SIZES = Node("name", ("the height",)), Node("name", ("the width",))
_COPIES = (node("copy", INPUT), node("grid_copy", INPUT))
_ON_WRITING = frozenset(("str_of", "joined", "split_words", "replace_words", "find_words", "starts_with", "kind_str"))
_PAIRS, _WRITING = bits(["tuple"]), bits(["str"])


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
    if last.op != "answer":
        made = {part[0] for part in walk(method) if part.op == "let"}
        return Node("block", (*method.args, node("answer", RESULT))) if RESULT in made else method
    if len(method.args) == 1 and last[0] in (INPUT, *_COPIES):
        return _cell_by_cell(last.lines)
    if len(method.args) > 1 or last[0].op == "name" or RESULT in walk(last):
        return method
    copied = INPUT in walk(last)
    made = rewrite(last[0], lambda item: RESULT if item == INPUT else item)
    first = (Node("let", (RESULT, node("copy", INPUT)), last.lines),) if copied else ()
    return Node("block", (*first, Node("let", (RESULT, made), last.lines), Node("answer", (RESULT,), last.lines)))


def _cell_by_cell(lines: int) -> Node:
    """A copy of the input, in as many steps as any other method has."""
    blank = Node("let", (RESULT, node("blank_like", INPUT, Node("colour", (0,)))), lines)
    paint = node("put", node("at", RESULT, _CELL), node("at", INPUT, _CELL))
    loop = Node("for_every", (node("cells", _CELL, INPUT), Node("block", (paint,))), lines)
    return Node("block", (blank, loop, Node("answer", (RESULT,), lines)))


def _size_first(made: Node, answer: Node) -> Node:
    """What is made in one colour, its height and width said before."""
    sizes = made[1].nodes[:2]
    lets = [Node("let", (label, size), made.lines) for label, size in zip(_SIZES, sizes, strict=True)]
    value = Node(made[1].op, (*_SIZES, *made[1].args[2:]), made[1].lines)
    return Node("block", (*lets, Node("let", (RESULT, value), made.lines), answer))


def without_coordinates(method: Node) -> Node:
    """Cells that never change as places, where numbers in pairs are gone through or asked for as cells."""
    if not method.holds(_PAIRS):
        return method
    sources = {
        source
        for item in walk(method)
        if item.op in ("each", "in", "not_in")
        for target, source in _gone_through(item[0], item[1])
        if source.op in ("name", "list", "set") and _is_place(target, method)
    }

    def change(item: Node) -> Node:
        if item in sources and item.op != "name":
            return _of_places(item)
        if item.op != "let" or not (item[0] in sources or "place" in str(item[0].args[0]).split()):
            return item
        return Node("let", (item[0], _of_places(item[1])), item.lines)

    return rewrite(method, change)


def _gone_through(target: Node, source: Node) -> list[tuple[Node, Node]]:
    """(what is called so, of what) for each thing that turns go through, with numbers or side by side."""
    if source.op == "numbered" and target.op == "both":
        return [(target[1], source[0])]
    if source.op == "zip" and target.op == "both" and len(target.args) == len(source.args):
        return list(zip(target.nodes, source.nodes, strict=True))
    return [(target, source)]


def _is_place(target: Node, method: Node) -> bool:
    """Whether it is a cell, or two names that are asked for as row and column."""
    if target.op != "both" or len(target.args) != 2:
        return target.op == "pair"
    row, column = target.nodes
    return any(
        row in walk(item[-2]) and column in walk(item[-1])
        for item in walk(method)
        if item.op in ("at_rc", "crossing", "part")
    )


def _of_places(item: Node) -> Node:
    if item.op == "tuple" and len(item.args) == 2 and all(part.op == "int" for part in item.nodes):
        return Node("at_rc", item.args, item.lines)
    if item.op not in ("list", "set", "tuple"):
        return item
    return Node(item.op, tuple([_of_places(part) for part in item.nodes]), item.lines)


def without_identifiers(method: Node) -> Node:
    """Keys of tables in words, where writings are only compared."""
    if not method.holds(_WRITING):
        return method
    strings = {str(item.args[0]) for item in walk(method) if item.op == "str"}
    plain = {text: text.replace("_", " ").strip() for text in strings}
    if len(set(plain.values())) < len(strings) or any(item.op in _ON_WRITING for item in walk(method)):
        return method
    return rewrite(method, lambda item: Node("str", (plain[str(item.args[0])],)) if item.op == "str" else item)
