"""What never ran is left out: a branch that no grid takes, a condition that always holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from soar2cot.engines.symbolic.follow.follower import Prepared, compiled_text
from soar2cot.engines.symbolic.follow.limits import CONFIRM_STEPS
from soar2cot.engines.symbolic.follow.statements import python_of
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.simplify.trees import pure
from soar2cot.records import Grid


class TooLongError(Exception):
    """A grid takes more steps than a confirmation may: nothing shorter would be confirmed on it."""


def drop_dead(method: Node, inputs: Sequence[Grid]) -> Node:
    """The method without what no input reaches.

    Small inputs come first, and none after all was reached: it is the large ones that take their time.

    Raises: TooLongError: an input takes more than `CONFIRM_STEPS`, and nothing was known to be reached without it.
    """
    text, blocks = python_of(method, marks=True)
    if len(blocks) == 1:
        return method  # there is no branch
    counts = [0] * len(blocks)
    chosen = _chosen(blocks)
    marked = Prepared(compiled_text(text), {"M": counts})
    for grid in sorted(inputs, key=lambda grid: len(grid) * len(grid[0])):
        if all(counts) and all(counts[yes] < counts[asked] for asked, yes in chosen):
            return method
        found = marked.run(grid, steps=CONFIRM_STEPS)
        if found.n_steps > CONFIRM_STEPS:
            raise TooLongError
        if found.grid is None:
            return method
    ran: Counter[int] = Counter()
    for block, times in zip(blocks, counts, strict=True):
        ran[id(block)] += times
    return _Pruner(ran).block(method)


def _chosen(blocks: Sequence[Node]) -> list[tuple[int, int]]:
    """(the block that asks, the one that it may choose) for every choice that may be left out, by their numbers."""
    numbers = {id(block): number for number, block in enumerate(blocks)}
    return [
        (asked, numbers[id(item[1])])
        for asked, block in enumerate(blocks)
        for item in block.nodes
        if item.op == "if" and len(item.args) == 2
    ]


class _Pruner:
    def __init__(self, ran: Counter[int]) -> None:
        self._ran = ran

    def block(self, item: Node) -> Node:
        times = self._ran[id(item)]
        return Node("block", tuple(found for part in item.nodes for found in self._statement(part, times)), item.lines)

    def _statement(self, item: Node, times: int) -> list[Node]:
        if item.op == "if":
            return self._choice(item, times)
        if item.op in ("for", "while", "define"):
            if not self._ran[id(item[1])] and (item.op == "define" or pure(item[0])):
                return []
            return [Node(item.op, (item[0], self.block(item[1]), *item.args[2:]), item.lines)]
        if item.op == "forever":
            return [Node("forever", (self.block(item[0]),), item.lines)]
        if item.op == "try" and not self._ran[id(item[1])]:
            return list(self.block(item[0]).nodes)
        return [item]

    def _choice(self, item: Node, times: int) -> list[Node]:
        yes = self._ran[id(item[1])]
        no = self._ran[id(item[2])] if len(item.args) == 3 else times - yes
        if not pure(item[0]):
            return [item]
        if not yes:
            return list(self.block(item[2]).nodes) if len(item.args) == 3 and no else []
        if not no and yes == times:
            return list(self.block(item[1]).nodes)
        if len(item.args) == 3 and no:
            return [Node("if", (item[0], self.block(item[1]), self.block(item[2])), item.lines)]
        return [Node("if", (item[0], self.block(item[1])), item.lines)]
