"""A text read back, sentence by sentence, and each claim in it checked: what is false is named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from soar2cot.challenge import Challenge
from soar2cot.engines.symbolic.facts.check import holds
from soar2cot.engines.symbolic.facts.check.trail import joins, result
from soar2cot.engines.symbolic.facts.claims import Claim, Scope, States, Trails
from soar2cot.engines.symbolic.facts.sentences import read, read_line
from soar2cot.records import Grid

_HEAD = re.compile(r"(Pair (\d+):|Check on pair (\d+)\.|Test input (\d+)\.) (.*)")
_TURN = re.compile(r"(First turn:|Last turn:|Turn (\d+):) (.*)")
_STEP = re.compile(r"Step (\d+)\. (.*)")
_ROW = re.compile(r"\d( \d)*")
_NOWHERE = Scope("pairs")


def faults(text: str, challenge: Challenge, trails: Trails | None, *, test: int) -> tuple[str, ...]:
    """A line for everything in the text that is false, unreadable, or missing."""
    reader = Reader(challenge, trails, test)
    found = [fault for line in text.split("\n") for fault in reader.line(line)]
    return (*found, *reader.missing())


class Reader:
    """Goes through a text line by line, and knows where it is: which pair, which test input, which checkpoint."""

    def __init__(self, challenge: Challenge, trails: Trails | None, test: int) -> None:
        self.states, self.test = States(challenge, trails), test
        self.scope, self.trail_kind = _NOWHERE, ""
        self.first = self.turn = -1
        self.told: dict[str, list[int]] = {"pair": [], "test": []}
        self.effect: set[tuple[str, int]] = set()
        self.pairs: list[int] = []
        self.rules: list[int] = []
        self.answer: list[str] | None = None
        self.grid: list[str] = []

    def line(self, line: str) -> Iterator[str]:
        """The faults of one line."""
        if self.answer is not None:
            self.answer.append(line)
            return
        if _ROW.fullmatch(line):
            self.grid.append(line)
            return
        yield from self._close_grid()
        if line == "Answer:":
            self.answer = []
        elif line and line not in ("Observe.", "Rule."):
            yield from self._words(line)

    def _close_grid(self) -> Iterator[str]:
        if self.grid:
            grid, self.grid = _grid(self.grid), []
            if self.states.trails is None or self.scope.where != "step":
                yield "a grid stands where none belongs"
            elif self._point(self.turn).after != grid:
                yield f"the grid after step {self._point(self.turn).step} is another one"

    def _words(self, line: str) -> Iterator[str]:
        head, turn, step = _HEAD.fullmatch(line), _TURN.fullmatch(line), _STEP.fullmatch(line)
        quoted = read_line(line, Scope("step", 0, "pair"))
        if head:
            yield from self._headed(head)
        elif turn:
            yield from self._turned(turn)
        elif step:
            yield from self._advance(int(step.group(1)))
            yield from self._sentences(step.group(2))
        elif quoted:
            yield from self._quoted(quoted[0])
        else:
            yield from self._sentences(line)

    def _headed(self, head: re.Match[str]) -> Iterator[str]:
        pair, check, test, rest = head.group(2), head.group(3), head.group(4), head.group(5)
        if test:
            self.scope, self.trail_kind = Scope("test", int(test) - 1), "test"
            if int(test) - 1 != self.test:
                yield f"this is test input {self.test + 1}, not {test}"
        else:
            index = int(pair or check) - 1
            self.scope, self.trail_kind = Scope("pair", index), "pair" if check else ""
            if check and (self.states.trails is None or index != self.states.trails.pair):
                yield f"pair {index + 1} is not the one that was recorded as a check"
            if pair:
                self.pairs.append(index)
        self.first = self.turn = -1
        yield from self._sentences(rest)

    def _quoted(self, claim: Claim) -> Iterator[str]:
        if claim.predicate == "says":
            step = claim.args[0]
            yield from self._advance(step if isinstance(step, int) else -1)
        if claim.predicate == "rule":
            self.rules.append(claim.args[0] if isinstance(claim.args[0], int) else -1)
        scope = self.scope if claim.predicate != "rule" else Scope("step")
        yield from self._judge([Claim(claim.predicate, claim.args, scope)], f"{claim.predicate} {claim.args}")

    def _advance(self, step: int) -> Iterator[str]:
        """To the next step of the trail, which must be this one."""
        if self.states.trails is None or not self.trail_kind:
            yield f"step {step} stands where there is no trail"
            return
        told = self.told[self.trail_kind]
        self.first = told[-1] + self._run(told[-1]) if told else 0
        self.turn = self.first
        if self.first >= len(self._trail()):
            yield f"step {step} was never recorded"
            return
        told.append(self.first)
        self.scope = self._step_scope(self.first)
        if self._point(self.first).step != step:
            yield f"step {step} stands where step {self._point(self.first).step} was recorded"

    def _turned(self, match: re.Match[str]) -> Iterator[str]:
        if self.scope.where != "step":
            yield "a turn stands outside a step"
            return
        offsets = {"First turn:": 0, "Last turn:": self._run(self.first) - 1}
        self.turn = self.first + offsets.get(match.group(1), int(match.group(2) or 1) - 1)
        self.scope = self._step_scope(self.turn)
        yield from self._sentences(match.group(3))

    def _sentences(self, text: str) -> Iterator[str]:
        for part in re.split(r"(?<=\.) ", text):
            for clause in part.removesuffix(".").split("; "):
                yield from self._clause(clause)

    def _clause(self, clause: str) -> Iterator[str]:
        scope = self.scope
        readings = read(clause, scope) or read(clause[:1].lower() + clause[1:], scope)
        about_run = [claim for claim in readings if claim.predicate in _OF_RUN]
        if about_run and self.scope.where == "step":
            readings = tuple(Claim(c.predicate, c.args, self._step_scope(self.first), c.value) for c in about_run)
        if any(claim.predicate in _OF_TRAIL for claim in readings) and self.trail_kind:
            readings = tuple(Claim(c.predicate, c.args, self._step_scope(0), c.value) for c in readings)
        elif scope.where == "step" and any(claim.predicate in _EFFECTS for claim in readings):
            self.effect.add((self.trail_kind, self.turn))
        yield from self._judge(list(readings), clause)

    def _judge(self, readings: list[Claim], words: str) -> Iterator[str]:
        if not readings:
            yield f"cannot be read: {words}"
        elif not any(holds(claim, self.states) for claim in readings):
            yield f"false: {words}"

    def _step_scope(self, turn: int) -> Scope:
        trails = self.states.trails
        if self.trail_kind == "pair" and trails is not None:
            return Scope("step", trails.pair, "pair", max(turn, 0))
        return Scope("step", self.test, "test", max(turn, 0))

    def _trail(self) -> tuple[object, ...]:
        trails = self.states.trails
        if trails is None:
            return ()
        return trails.check if self.trail_kind == "pair" else trails.tests[self.test]

    def _point(self, turn: int):  # type: ignore[no-untyped-def]
        return self._trail()[turn]

    def _run(self, first: int) -> int:
        trail = self._trail()
        n = 0
        while first + n < len(trail) and trail[first + n].step == trail[first].step:
            n += 1
        return n

    def missing(self) -> Iterator[str]:
        """What should stand in the text and does not."""
        yield from ()


def _grid(lines: list[str]) -> Grid:
    return [[int(cell) for cell in line.split()] for line in lines]


_OF_RUN = frozenset({"turns", "odd_turns", "total_change"})
_OF_TRAIL = frozenset({"altogether", "reaches", "misses", "misses_size"})
_EFFECTS = frozenset({"changes", "changes_many", "no_change", "becomes_size"})
