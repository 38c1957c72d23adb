"""From statements to a program that runs under a budget."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

from soar2cot.engines.symbolic.follow.compiler import (
    CannotFollowError,
    bare_source,
    cell_turns,
    is_number,
    may_grow,
    parameters,
    place,
    source,
    target,
    turn,
)
from soar2cot.engines.symbolic.language.names import variable
from soar2cot.engines.symbolic.language.node import Node, bits, walk
from soar2cot.engines.symbolic.phrasebook.book import phrases

_GROWTH = {
    "grow": "+=", "shrink": "-=", "scale": "*=", "divide": "//=", "divide_true": "/=", "reduce_mod": "%=",
    "mark_or": "|=", "mark_and": "&=", "mark_xor": "^=",
}  # fmt: skip
_TOLD_TURNS = frozenset(("each", "each_below", "from_below", "from_to", "down_to"))


class Lines:
    """Python lines with their depth.

    Args: marks: every block adds one to `M` at its number, so that a writer can see which ran.
          switches: the statements that run only where `K` holds true at their number; numbers go from the top down.
    """

    def __init__(self, *, marks: bool = False, switches: frozenset[int] = frozenset()) -> None:
        self.lines: list[str] = []
        self.blocks: list[Node] = []
        self._marks = marks
        self._switches = switches
        self._n_statements = 0

    def add(self, depth: int, text: str) -> None:
        """One line."""
        self.lines.append(" " * depth + text)

    def block(self, item: Node, depth: int, first: tuple[str, ...] = ()) -> None:
        """A block one deeper than its head; `first` are lines before its own."""
        for line in first:
            self.add(depth, line)
        if self._marks:
            self.add(depth, f"M[{len(self.blocks)}] += 1")
            self.blocks.append(item)
        if not item.args and not first:
            self.add(depth, "pass")
        for statement in item.nodes:
            self._placed(statement, depth)

    def _placed(self, item: Node, depth: int) -> None:
        number, self._n_statements = self._n_statements, self._n_statements + 1
        if number in self._switches:
            self.add(depth, f"if K[{number}]:")
            depth += 1
        if (self._switches or self._marks) and item.holds(_BLOCK):
            self.statement(item, depth)
        else:
            self.lines += [" " * depth + line for line in _written(item)]

    def statement(self, item: Node, depth: int) -> None:
        """One statement with all that hangs below it."""
        handler = getattr(self, f"_{item.op}", None)
        if handler is not None:
            handler(item, depth)
        elif item.op in _GROWTH:
            self.add(depth, f"{target(item[0])} {_GROWTH[item.op]} {_growth(item)}")
        else:
            self._plain(item, depth)

    def _plain(self, item: Node, depth: int) -> None:
        entry = phrases().get(item.op)
        if entry is None or entry.category != "s":
            raise CannotFollowError(f"{item.op} is nothing that can be done")
        filled = entry.python
        for index, part in enumerate(item.nodes):
            filled = filled.replace(f"{{{index}}}", source(part))
        self.add(depth, filled)

    def _literal(self, item: Node, depth: int) -> None:
        raise CannotFollowError("literal code is not followed")

    def _let(self, item: Node, depth: int) -> None:
        self.add(depth, f"{target(item[0])} = {bare_source(item[1])}")

    def _put(self, item: Node, depth: int) -> None:
        if item[0].op == "at":
            row, column = place(item[0][1])
            self.add(depth, f"f_put({source(item[0][0])}, {row}, {column}, {bare_source(item[1])})")
        else:
            self.add(depth, f"{target(item[0])} = {bare_source(item[1])}")

    def _remap(self, item: Node, depth: int) -> None:
        table = ", ".join(f"{source(part[0])}: {source(part[1])}" for part in item.nodes[2:])
        self.add(depth, f"if {source(item[1])} in {{{table}}}:")
        self._put(Node("put", (item[0], Node("looked_up", item.nodes[1:]))), depth + 1)

    def _answer(self, item: Node, depth: int) -> None:
        self.add(depth, f"return {bare_source(item[0])}")

    def _forget(self, item: Node, depth: int) -> None:
        self.add(depth, f"del {target(item[0])}")

    def _shares(self, item: Node, depth: int) -> None:
        names = [label for part in item.nodes for label in _labels(part)]
        self.add(depth, f"nonlocal {', '.join(names)}")

    def _if(self, item: Node, depth: int) -> None:
        self.add(depth, f"if {bare_source(item[0])}:")
        self.block(item[1], depth + 1)
        if len(item.args) == 3:
            self.add(depth, "else:")
            self.block(item[2], depth + 1)

    def _for(self, item: Node, depth: int, *, in_order: bool = False) -> None:
        heads = cell_turns(item[0]) if item[0].op.startswith("cells") else [turn(item[0])]
        if not in_order and not may_grow(item[1]):
            heads = [head.replace(" in T(", " in L(", 1) for head in heads]  # the loop's own turns, none within
        if item[0].op in _RANGED and not in_order:
            heads = [_ranged(head) for head in heads]
        for extra, head in enumerate(heads):
            self.add(depth + extra, f"{head}:")
        self.block(item[1], depth + len(heads))

    def _for_every(self, item: Node, depth: int, *, any_order: bool = True) -> None:
        """No turn sees what another one painted: all read the grids as they were before the first.

        Which rule it is stands in what is written, so that a trial can take one by itself backwards, or in turn.
        """
        rule = hash(item)
        puts = [part[0] for part in walk(item[1]) if part.op in _PAINTS]
        painted = dict.fromkeys(place[0] for place in puts if place.op not in _NO_GRIDS)
        before = {label: _free("before", label, item.names) for label in painted}
        loop = Node("for", tuple(_reading(part, before) for part in item.nodes))
        for label, old in before.items():
            if old in loop.names:
                self.add(depth, f"{source(old)} = before({rule}, {source(label)})")
        start = len(self.lines)
        self._for(loop, depth)
        if any_order:
            self.lines[start:] = [_any_order(line, rule) for line in self.lines[start:]]

    def _for_over(self, item: Node, depth: int) -> None:
        """As `every`, in order: what later turns paint hides what earlier ones painted."""
        self._for_every(item, depth, any_order=False)

    def _for_first(self, item: Node, depth: int) -> None:
        """The conditions of a search stand alone, one below the other; what is done below them ends it.

        Its turns keep their order, also in a rule for every cell that is tried backwards.
        """
        self._for(Node("for", (item[0], _ending(item[1]))), depth, in_order=True)

    def _for_else(self, item: Node, depth: int) -> None:
        self._for(Node("for", item.args[:2]), depth)
        self.add(depth, "else:")
        self.block(item[2], depth + 1)

    def _while(self, item: Node, depth: int) -> None:
        self.add(depth, f"while {bare_source(item[0])}:")
        self.block(item[1], depth + 1, ("tick()",))

    def _forever(self, item: Node, depth: int) -> None:
        self.add(depth, "while 1:")
        self.block(item[0], depth + 1, ("tick()",))

    def _try(self, item: Node, depth: int) -> None:
        if len(item.args) != 2:
            raise CannotFollowError("what to do if that fails is missing")
        self.add(depth, "try:")
        self.block(item[0], depth + 1)
        self.add(depth, "except Exception:")
        self.block(item[1], depth + 1)

    def _define(self, item: Node, depth: int) -> None:
        names, unpack = parameters(item[2]) if len(item.args) == 3 else ("", [])
        self.add(depth, f"def {variable(str(item[0].args[0]))}({names}):")
        self.block(item[1], depth + 1, ("tick()", *unpack))


_RANGED = frozenset(
    (
        "cells", "cells_size", "cells_down", "cells_box", "cells_that_are", "cells_that_are_not",
        "each_below", "from_below", "from_to", "down_to",
    )
)  # fmt: skip


def _ranged(head: str) -> str:
    """The head of a loop over numbers with one call in it for two; a condition as it stands."""
    if not head.startswith("for "):
        return head
    target, _, numbers = head.partition("(range(")
    return f"{target[:-1]}R({numbers[:-1]}"


def _any_order(line: str, rule: int) -> str:
    """The head of a loop whose turns may be taken backwards."""
    return line.replace(" in L(", f" in E({rule}, ", 1).replace(" in R(", f" in B({rule}, ", 1)


_BLOCK = bits(["block"])
_PAINTS = frozenset(("put", "remap"))
_NO_GRIDS = frozenset(("name", "entry"))  # what is put there is no paint: a value, an entry of a turn's own table


def _free(word: str, label: Node, known: Container[Node]) -> Node:
    """A name for what a quantity was before, which a rule around this one does not use."""
    found = Node("name", (f"{word} {label.args[0]}",))
    return _free(word, found, known) if found in known else found


def _reading(item: Node, before: dict[Node, Node]) -> Node:
    """The construct with every grid that is painted read as it was before; what is painted stays."""
    if item in before:
        return before[item]
    if not item.nodes:
        return item
    args = [_reading(part, before) for part in item.nodes]
    if item.op in _PAINTS and item[0].op not in _NO_GRIDS:
        args[0] = item[0].of((item[0][0], *[_reading(part, before) for part in item[0].nodes[1:]]))
    return item.of(tuple(args))


def _ending(block: Node) -> Node:
    """The block of a search, stopped where all its conditions hold."""
    only = block[0] if len(block.args) == 1 else block
    if only.op == "if" and len(only.args) == 2:
        return Node("block", (Node("if", (only[0], _ending(only[1]))),))
    return Node("block", (*block.args, Node("leave")))


def _labels(item: Node) -> tuple[str, ...]:
    return place(item) if item.op == "pair" else (source(item),)


def _growth(item: Node) -> str:
    """What a quantity is changed by, where it may make it that much longer."""
    value = source(item[1])
    if item.op == "scale":
        return f"f_factor({source(item[0])}, {value})"
    return f"f_held({value})" if item.op == "grow" and not is_number(item[1]) else value


@lru_cache(maxsize=4096)
def _written(item: Node) -> tuple[str, ...]:
    """A statement's lines; most statements are met again in the next version of the same method."""
    lines = Lines()
    lines.statement(item, 0)
    return tuple(lines.lines)


def python_of(method: Node, *, marks: bool = False, switches: frozenset[int] = frozenset()) -> tuple[str, list[Node]]:
    """The whole method as one function of the input, and its blocks by number where marks were asked for.

    Without marks and switches it can be watched (`trail.Watcher`), where `W` says so.
    """
    lines = Lines(marks=marks, switches=switches)
    lines.add(0, "def method(v_input):")
    if marks or switches or not method.args:
        lines.block(method, 1)
    else:
        _watched(method, lines)
    if needs_answer(method):
        lines.add(1, "return v_result")
    return "\n".join(lines.lines), lines.blocks


def _watched(method: Node, lines: Lines) -> None:
    for number, statement in enumerate(method.nodes):
        written = _written(statement)
        lines.add(1, written[0])
        if _tells_turns(statement):
            lines.add(2, f"W and turn({number}, locals())")
        lines.lines += [f" {line}" for line in written[1:]]
        if statement.op != "answer":
            lines.add(1, f"W and snap({number}, locals())")


def _tells_turns(item: Node) -> bool:
    """Whether it is a loop each turn of which is worth a word: not one over cells."""
    return item.op in ("while", "forever") or (item.op == "for" and item[0].op in _TOLD_TURNS)


def needs_answer(method: Node) -> bool:
    """Whether the answer is left to be understood: it is the result."""
    return not method.args or method[len(method.args) - 1].op != "answer"
