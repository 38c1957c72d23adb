"""The same said for the cell above, below, left and right of a cell, one by one: said once, of each cell beside it.

Four statements, four conditions one after the other, or four parts of one condition that differ in the direction alone;
likewise for the four cells diagonal to it and for all eight that touch it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.idioms.regions import instead
from soar2cot.engines.symbolic.language.names import free_name
from soar2cot.engines.symbolic.language.node import Node, all_lines, bits, node, rewrite, walk
from soar2cot.engines.symbolic.phrasebook.places import STEPS
from soar2cot.engines.symbolic.simplify.trees import joined, substitute

_SIDES = frozenset(("above", "below", "left", "right"))
_TURNS = {_SIDES: "beside", frozenset(STEPS) - _SIDES: "diagonal_to", frozenset(STEPS): "touching"}
_NEAR, _JOINED = bits(STEPS), bits(("and", "or"))


@dataclass(frozen=True, slots=True)
class _Sided:
    """What is said of the cell on one side of another: the side, the other cell, what is said of any cell."""

    side: str
    cell: Node
    said: Node


def propose(method: Node) -> Iterator[Proposal]:
    """All statements and conditions of a method that are alike for all sides of a cell, at once."""
    if not method.holds(_NEAR):
        return
    found = _Search(Node("pair", free_name(method, "cell").args))
    changed = rewrite(method, found.changed, _JOINED | bits(["block", "if"]))
    if changed != method:
        yield Proposal(method, changed)


@dataclass(frozen=True, slots=True)
class _Search:
    """`any_cell`: the name of the cell that is gone through."""

    any_cell: Node

    def changed(self, item: Node) -> Node:
        """The construct with what is alike in it said once."""
        if item.op == "block":
            return self._statements(item)
        if item.op == "if":
            return self._chain(item)
        return self._parts(item) if item.op in ("and", "or") else item

    def _statements(self, block: Node) -> Node:
        for start in range(len(block.args) - 3):
            for n_sides in (8, 4):
                items = block.nodes[start : start + n_sides]
                loop = self._loop(items) if len(items) == n_sides else None
                if loop is not None:
                    return self._statements(instead(block, start, start + n_sides, loop).new)
        return block

    def _loop(self, items: Sequence[Node]) -> Node | None:
        """`for each cell beside the cell: …` for a statement for each side; it must be kept inside a grid.

        What is done elsewhere is done where it is asked for of some cell.
        """
        if any(item.op != "if" or len(item.args) != 2 for item in items):
            return None
        found = self._alike(items)
        if found is None:
            return None
        turn, said = found
        inside, rest = _asked_inside(said[0], self.any_cell)
        if inside is None:
            return None
        turned = Node(turn.op, (self.any_cell, turn[0], inside))
        if rest is not None and self.any_cell not in walk(said[1]):
            return Node("if", (node("any", node("given", rest, turned)), said[1]))
        return Node("for", (turned, said[1] if rest is None else Node("block", (Node("if", (rest, said[1])),))))

    def _chain(self, item: Node) -> Node:
        """`if …, otherwise, if …` that does the same for each side: if that holds for some cell beside the cell."""
        conditions, last = [item[0]], item
        while len(last.args) == 3 and len(last[2].args) == 1 and last[2][0].op == "if" and last[2][0][1] == item[1]:
            last = last[2][0]
            conditions.append(last[0])
        asked = self._question(conditions, "or") if len(conditions) in (4, 8) else None
        return item if asked is None else Node("if", (asked, item[1], *last.args[2:]), all_lines(item))

    def _parts(self, item: Node) -> Node:
        parts = joined(item, item.op)
        for n_sides in (8, 4):
            for start in range(len(parts) - n_sides + 1):
                asked = self._question(parts[start : start + n_sides], item.op)
                if asked is not None:
                    rest = [*parts[:start], asked, *parts[start + n_sides :]]
                    return reduce(lambda a, b: Node(item.op, (a, b), item.lines), rest)
        return item

    def _question(self, conditions: Sequence[Node], op: str) -> Node | None:
        """Whether something holds for some cell beside the cell (`or`), or for every one (`and`)."""
        found = self._alike(conditions)
        if found is None:
            return None
        turn, said = found
        inside, rest = _asked_inside(said, self.any_cell)
        if inside is None:  # a program that does not ask goes through cells within a grid alone
            grids = {part[0] for part in walk(said) if part.op == "at" and part[1] == self.any_cell}
            inside = grids.pop() if len(grids) == 1 else None
            rest = said
        elif op == "and":
            return None  # that all of them lie inside is asked too
        if inside is None or rest is None:
            return None
        turned = Node(turn.op, (self.any_cell, turn[0], inside))
        return node("any" if op == "or" else "all", node("given", rest, turned))

    def _alike(self, items: Sequence[Node]) -> tuple[Node, Node] | None:
        """(the turn with the cell alone, what is said of each cell) where only the sides differ and are all there."""
        found = [self._sided(item) for item in items]
        sided = [one for one in found if one is not None]
        turn = _TURNS.get(frozenset(one.side for one in sided))
        if turn is None or len(sided) != len(items) or len({(one.cell, one.said) for one in sided}) > 1:
            return None
        return (Node(turn, (sided[0].cell,)), sided[0].said) if len({one.side for one in sided}) == len(items) else None

    def _sided(self, item: Node) -> _Sided | None:
        places = {part for part in walk(item) if part.op in STEPS}
        if len(places) != 1:
            return None
        place = places.pop()
        return _Sided(place.op, place[0], substitute(item, place, self.any_cell)) if place[0].op == "pair" else None


def _asked_inside(condition: Node, cell: Node) -> tuple[Node | None, Node | None]:
    """(the grid inside which the cell is asked to lie, what else is asked); None for what is not asked."""
    parts = joined(condition, "and")
    inside = next((part for part in parts if part.op == "inside" and part[0] == cell), None)
    if inside is None:
        return None, condition
    rest = [part for part in parts if part is not inside]
    return inside[1], reduce(lambda a, b: node("and", a, b), rest) if rest else None


IDIOM = Idiom(
    id="alike",
    concepts=("each neighbour", "on every side", "surrounded by"),
    propose=propose,
    licenses=("changed_beside",),
)
