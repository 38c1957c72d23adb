"""Statements that change nothing on any grid are left out, found by leaving each one out and following."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from soar2cot.engines.symbolic.follow.compiler import CannotFollowError
from soar2cot.engines.symbolic.follow.follower import Prepared, compiled_text
from soar2cot.engines.symbolic.follow.statements import python_of
from soar2cot.engines.symbolic.language.names import INPUT
from soar2cot.engines.symbolic.language.node import Node, walk
from soar2cot.engines.symbolic.simplify.trees import TURNS, asked, labels, names_in, pure
from soar2cot.engines.symbolic.simplify.trial import Trial

MAX_TRIES = 32
MAX_STEPS = 30_000
_STAYS = frozenset(("answer", "give", "skip", "leave", "stop", "shares"))


def leave_out(method: Node, trial: Trial) -> Node | None:
    """The method without statements that make no difference, from the last to the first, the outermost first.

    It is compiled once, with a switch at every statement that may go: leaving one out is turning its switch off.

    Returns: None where the method as it stands does not even give the grid that tells most; what stays whole may yet
             be wrong on another.
    """
    numbers = itertools.count()
    parts = _parts(method, numbers, _Asked(names_in(method), _needed(method), set()))
    switches = [True] * next(numbers)
    try:
        code = compiled_text(python_of(method, switches=frozenset(_numbers(parts)))[0])
    except (CannotFollowError, SyntaxError, ValueError, RecursionError):
        return None
    search = _Search(trial, Prepared(code, {"K": switches}), switches)
    if not trial.passes(search.method, most=1)[0]:
        return None
    search.block(parts, top=True)
    shorter = _kept(method, iter(search.switches))
    if not all(search.switches):  # else nothing was left out, and so nothing was followed on all grids
        trial.remember(shorter)
    return shorter


@dataclass(frozen=True, slots=True)
class _Asked:
    """How often each name of the method occurs, and the names without whose only statement there is nothing to ask.

    `bound`: the names that were bound so far, as the method is gone through.
    """

    used: Counter[Node]
    needed: frozenset[Node]
    bound: set[Node]

    def may_go(self, item: Node, later: set[Node]) -> bool:
        """Whether leaving the statement out is worth a try; `later` is what those behind it in its block ask for.

        A new value that is asked for stays, though the old one, of a loop or a turn before, did as well on these grids:
        whoever reads the method would take it for another.
        """
        if item.op != "let":
            return item.op not in _STAYS and (item.op != "define" or item[0] not in self.needed)
        named = labels(item[0])
        renewed = self.bound & later & set(named) - names_in(item[1]).keys()
        self.bound.update(named)
        return not renewed and self.needed.isdisjoint(names_in(item[0]))

    def does_its_block(self, item: Node) -> bool:
        """Whether leaving out all that it does is the same as leaving out itself."""
        if item.op not in ("if", "for") or len(item.args) != 2 or not pure(item[0]):
            return False
        if item.op == "if":
            return True
        inside = names_in(item)
        return all(inside[label] == self.used[label] for label in names_in(item[0][0]))


@dataclass(frozen=True, slots=True)
class _Part:
    """A statement with its number, and what hangs below it, block by block.

    `may_go`: it has a switch. `only`: what it does is one statement, which stays where it stays itself.
    """

    number: int
    item: Node
    may_go: bool
    only: bool
    below: list[list[_Part]]


def _parts(block: Node, numbers: Iterator[int], names: _Asked) -> list[_Part]:
    found: list[_Part] = []
    for item, later in zip(block.nodes, _asked_later(block.nodes), strict=True):
        number = next(numbers)
        below = [_parts(part, numbers, names) for part in item.nodes if part.op == "block"]
        only = len(below) == 1 == len(below[0]) and names.does_its_block(item)
        # a procedure goes as a whole: as what it does stands for several places, little of it could
        found.append(_Part(number, item, names.may_go(item, later), only, [] if item.op == "define" else below))
    return found


def _asked_later(items: Sequence[Node]) -> list[set[Node]]:
    """For each statement of a block, the names that those behind it ask for and do not bind before."""
    found: list[set[Node]] = [set()]
    for item in reversed(items[1:]):
        bound = labels(item[0]) if item.op == "let" else ()
        found.append(asked(item) | found[-1].difference(bound))
    return found[::-1] if items else []


def _numbers(parts: list[_Part]) -> Iterator[int]:
    """The numbers of the switches."""
    for part in parts:
        if part.may_go:
            yield part.number
        for below in part.below:
            yield from _numbers(below)


def _kept(block: Node, switches: Iterator[bool]) -> Node:
    """The block without what is switched off."""
    found: list[Node] = []
    for item in block.nodes:
        on = next(switches)
        args = tuple(_kept(arg, switches) if isinstance(arg, Node) and arg.op == "block" else arg for arg in item.args)
        if on:
            found.append(item if args == item.args else Node(item.op, args, item.lines))
    same = len(found) == len(block.args) and all(map(_same, found, block.nodes))
    return block if same else Node("block", tuple(found), block.lines)


def _same(one: Node, other: Node) -> bool:
    return one is other


def _needed(method: Node) -> frozenset[Node]:
    """The names that one statement binds and others ask for: without it there is nothing to ask for."""
    bound: Counter[Node] = Counter([INPUT])
    uses = Counter(names_in(method))
    for item in walk(method):
        if item.op in ("let", "define", "lambda1") or item.op in TURNS:
            bound.update(names_in(item[0]).keys())
        if item.op == "define" and len(item.args) == 3:
            bound.update(names_in(item[2]).keys())
        if item.op in ("let", "define"):
            uses.subtract(names_in(item[0]))
    return frozenset(label for label, times in bound.items() if times == 1 and uses[label] > 0)


@dataclass
class _Search:
    """Turns off what can be turned off, within bounds on tries and steps."""

    trial: Trial
    method: Prepared
    switches: list[bool]
    tries: int = MAX_TRIES
    steps: int = MAX_STEPS

    def block(self, parts: list[_Part], *, top: bool = False, stays: bool = False) -> None:
        """Tries the statements of a block, then those below each that stays; `stays`: it was seen to be needed."""
        for part in reversed(parts):
            if self.tries <= 0 or self.steps <= 0:
                return
            last = top and sum(self.switches[other.number] for other in parts) == 1
            tried = part.may_go and not last and not stays
            if tried and self._goes(part):
                continue
            for below in part.below:
                self.block(below, stays=part.only and (tried or stays))

    def _goes(self, part: _Part) -> bool:
        self.tries -= 1
        self.switches[part.number] = False
        holds, spent = self.trial.passes(self.method, steps=self.steps)
        self.steps -= spent
        self.switches[part.number] = not holds
        return holds
