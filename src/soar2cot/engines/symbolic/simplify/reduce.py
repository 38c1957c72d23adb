"""Statements that change nothing on any grid are left out, found by leaving each one out and following."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from soar2cot.engines.symbolic.follow.compiler import CannotFollowError
from soar2cot.engines.symbolic.follow.follower import Prepared, compiled_text
from soar2cot.engines.symbolic.follow.statements import python_of
from soar2cot.engines.symbolic.language.node import Node, walk
from soar2cot.engines.symbolic.simplify.trees import TURNS, names_in
from soar2cot.engines.symbolic.simplify.trial import Trial

MAX_TRIES = 32
MAX_STEPS = 30_000
_STAYS = frozenset(("answer", "give", "skip", "leave", "stop", "shares"))
_INPUT = Node("name", ("the input",))


def leave_out(method: Node, trial: Trial) -> Node | None:
    """The method without statements that make no difference, from the last to the first, the outermost first.

    It is compiled once, with a switch at every statement: leaving one out is turning its switch off.

    Returns: None where the method as it stands does not even give the grid that tells most; what stays whole may yet
             be wrong on another.
    """
    try:
        code = compiled_text(python_of(method, switches=True)[0])
    except (CannotFollowError, SyntaxError, ValueError, RecursionError):
        return None
    numbers = itertools.count()
    parts = _parts(method, numbers)
    switches = [True] * next(numbers)
    search = _Search(trial, Prepared(code, {"K": switches}), switches, _needed(method))
    if not trial.passes(search.method, most=1)[0]:
        return None
    search.block(parts, top=True)
    shorter = _kept(method, iter(search.switches))
    if not all(search.switches):  # else nothing was left out, and so nothing was followed on all grids
        trial.remember(shorter)
    return shorter


@dataclass(frozen=True, slots=True)
class _Part:
    """A statement with the number of its switch, and what hangs below it, block by block."""

    number: int
    item: Node
    below: list[list[_Part]]


def _parts(block: Node, numbers: Iterator[int]) -> list[_Part]:
    return [
        _Part(next(numbers), item, [_parts(part, numbers) for part in item.nodes if part.op == "block"])
        for item in block.nodes
    ]


def _kept(block: Node, switches: Iterator[bool]) -> Node:
    """The block without what is switched off."""
    found: list[Node] = []
    for item in block.nodes:
        on = next(switches)
        args = tuple(_kept(arg, switches) if isinstance(arg, Node) and arg.op == "block" else arg for arg in item.args)
        if on:
            found.append(item if args == item.args else Node(item.op, args, item.lines))
    return (
        block if len(found) == len(block.args) and all(map(_same, found, block.nodes)) else Node("block", tuple(found))
    )


def _same(one: Node, other: Node) -> bool:
    return one is other


def _needed(method: Node) -> frozenset[Node]:
    """The names that one statement binds and others ask for: without it there is nothing to ask for."""
    bound: Counter[Node] = Counter([_INPUT])
    asked: Counter[Node] = Counter()
    for item in walk(method):
        if item.op in ("let", "define", "lambda1") or item.op in TURNS:
            bound.update(names_in(item[0]).keys())
        if item.op == "define" and len(item.args) == 3:
            bound.update(names_in(item[2]).keys())
        if item.op in ("let", "define"):
            asked.subtract(names_in(item[0]))
        if item.op in ("name", "pair"):
            asked[item] += 1
    return frozenset(label for label, times in bound.items() if times == 1 and asked[label] > 0)


@dataclass
class _Search:
    """Turns off what can be turned off, within bounds on tries and steps."""

    trial: Trial
    method: Prepared
    switches: list[bool]
    needed: frozenset[Node]
    tries: int = MAX_TRIES
    steps: int = MAX_STEPS

    def block(self, parts: list[_Part], *, top: bool = False) -> None:
        """Tries the statements of a block, then those below each that stays."""
        for part in reversed(parts):
            if self.tries <= 0 or self.steps <= 0:
                return
            last = top and sum(self.switches[other.number] for other in parts) == 1
            if part.item.op in _STAYS or (not last and self._goes(part)) or part.item.op == "define":
                continue
            for below in part.below:
                self.block(below)

    def _goes(self, part: _Part) -> bool:
        if part.item.op in ("let", "define") and names_in(part.item[0]).keys() & self.needed:
            return False
        self.tries -= 1
        self.switches[part.number] = False
        holds, spent = self.trial.passes(self.method, steps=self.steps)
        self.steps -= spent
        self.switches[part.number] = not holds
        return holds
