"""A text read back, sentence by sentence, and each claim in it checked: what is false or left out is named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from soar2cot.challenge import Challenge
from soar2cot.engines.symbolic.facts.check import holds
from soar2cot.engines.symbolic.facts.check.trail import result
from soar2cot.engines.symbolic.facts.claims import Claim, Scope, States, Trails
from soar2cot.engines.symbolic.facts.place import Place
from soar2cot.engines.symbolic.facts.sentences import read, read_line
from soar2cot.engines.symbolic.facts.text import RULE
from soar2cot.records import Grid

_HEAD = re.compile(r"(Pair|Check on pair|Test input) (\d+)[:.] (.*)")
_TURN = re.compile(r"(First turn|Last turn|Turn (\d+)): (.*)")
_STEP = re.compile(r"Steps? (\d+)(?: (?:to|and) (\d+))?\. (.*)")
_ON_ONE = re.compile(r"\n(?! )")  # what hangs below a line of the method is indented, and belongs to it
_ROW = re.compile(r"\d( \d)*")
_OF_RUN = frozenset({"turns", "odd_turns", "apart_turns", "total_change"})
_OF_TRAIL = frozenset({"altogether", "reaches", "misses", "misses_size"})
_VERDICTS = _OF_TRAIL - {"altogether"}
_EFFECTS = frozenset({"changes", "changes_one", "changes_to", "changes_many", "no_change", "becomes_size"})
_ORIGINS = frozenset({"from_input", "from_other"})


def faults(text: str, challenge: Challenge, trails: Trails | None, *, test: int) -> tuple[str, ...]:
    """A line for everything in the text that is false, unreadable, or missing."""
    reader = Reader(States(challenge, trails), test)
    found = [fault for line in _ON_ONE.split(text) for fault in reader.line(line)]
    return (*found, *reader.missing())


class Reader:
    """Goes through a text line by line, and knows where it is: which pair, which test input, which checkpoint."""

    def __init__(self, states: States, test: int) -> None:
        self.states, self.test = states, test
        pair = states.trails.pair if states.trails else 0
        self.places = {"Check on pair": Place(states, "pair", pair), "Test input": Place(states, "test", test)}
        self.place: Place | None = None
        self.scope = Scope("pairs")
        self.pairs: list[int] = []
        self.rules: set[int] = set()
        self.said: set[str] = set()
        self.grid: list[str] = []
        self.answer: list[str] | None = None

    def line(self, line: str) -> Iterator[str]:
        """The faults of one line."""
        if self.answer is not None:
            self.answer.append(line)
        elif _ROW.fullmatch(line):
            self.grid.append(line)
        else:
            yield from self._close_grid()
            yield from self._words(line)

    def _close_grid(self) -> Iterator[str]:
        if self.grid:
            grid, self.grid = _grid(self.grid), []
            if self.place is None or self.scope.where != "step":
                yield "a grid stands where none belongs"
            elif self.place.trail[self.place.turn].after != grid:
                yield f"step {self.place.trail[self.place.turn].step} gives another grid"

    def _words(self, line: str) -> Iterator[str]:
        if line == "Answer:":
            self.answer = []
        elif line in ("", "Observe.", RULE):
            return
        elif line.startswith("Observe. "):
            self.place, self.scope = None, Scope("pairs")
            yield from self._sentences(line.removeprefix("Observe. "))
        elif head := _HEAD.fullmatch(line):
            yield from self._headed(head.group(1), int(head.group(2)) - 1)
            yield from self._sentences(head.group(3))
        elif turn := _TURN.fullmatch(line):
            yield from self._turned(turn.group(1), int(turn.group(2) or 0))
            yield from self._sentences(turn.group(3))
        elif step := _STEP.fullmatch(line):
            for number in range(int(step.group(1)), int(step.group(2) or step.group(1)) + 1):
                yield from self._advance(number)
                yield from self._did(step.group(3))
        elif quoted := read_line(line, self.scope):
            yield from self._quoted(quoted[0])
        else:
            yield from self._sentences(line)

    def _did(self, words: str) -> Iterator[str]:
        """What stands after a step's number: what it found, or what it changed."""
        found = read_line(words, self.scope)
        yield from self._quoted(found[0]) if found else self._sentences(words)

    def _headed(self, name: str, index: int) -> Iterator[str]:
        self.place = self.places.get(name)
        self.scope = Scope("test" if name == "Test input" else "pair", index)
        if self.place is None:
            self.pairs.append(index)
        elif index != self.place.index:
            yield f"{name.lower()} {index + 1} stands where {self.place.index + 1} was recorded"

    def _quoted(self, claim: Claim) -> Iterator[str]:
        number = claim.args[0] if isinstance(claim.args[0], int) else 0
        if claim.predicate == "says":
            yield from self._advance(number)
        elif claim.predicate == "rule":
            self.rules.add(number)
        elif self.place is not None:
            self.place.finds()
        yield from self._judge((Claim(claim.predicate, claim.args, self.scope),), str(claim.args[-1]))

    def _advance(self, step: int) -> Iterator[str]:
        if self.place is None:
            yield f"step {step} stands where there is no trail"
            return
        yield from self.place.advance(step)
        self.scope = self.place.scope(self.place.turn)

    def _turned(self, name: str, number: int) -> Iterator[str]:
        place = self.place
        if place is None or self.scope.where != "step":
            yield "a turn stands outside a step"
            return
        yield from place.to_turn(name, number)
        self.scope = place.scope(place.turn)

    def _sentences(self, text: str) -> Iterator[str]:
        for part in re.split(r"(?<=\.) ", text):
            for clause in part.removesuffix(".").split("; "):
                yield from self._clause(clause)

    def _clause(self, clause: str) -> Iterator[str]:
        other = clause[:1].lower() if clause[:1].isupper() else clause[:1].upper()
        readings = read(clause, self.scope) or read(other + clause[1:], self.scope)
        names = {claim.predicate for claim in readings}
        self.said |= names
        if self.place is not None:
            self._mark(self.place, names)
            readings = tuple(self._placed(self.place, claim) for claim in readings)
        yield from self._judge(readings, clause)

    def _mark(self, place: Place, names: set[str]) -> None:
        if self.scope.where == "step" and names & _EFFECTS:
            place.effects.add(place.turn)
        if names & _ORIGINS:
            place.origins.add(place.turn)
        if "apart_turns" in names:
            place.apart.add(place.first)

    def _placed(self, place: Place, claim: Claim) -> Claim:
        """The claim with the scope that it is really about: its turn, the run of turns, or the whole trail."""
        if claim.predicate in _OF_TRAIL:
            return Claim(claim.predicate, claim.args, place.scope(0), claim.value)
        if claim.predicate in _OF_RUN:
            return Claim(claim.predicate, claim.args, place.scope(place.first), claim.value)
        return claim

    def _judge(self, readings: tuple[Claim, ...], words: str) -> Iterator[str]:
        if not readings:
            yield f"cannot be read: {words}"
        elif not any(holds(claim, self.states) for claim in readings):
            yield f"false: {words}"

    def missing(self) -> Iterator[str]:
        """What should stand in the text and does not."""
        trails = self.states.trails
        if trails is None or self.pairs:
            wanted = list(range(len(self.states.challenge.train)))
            if self.pairs != wanted:
                yield f"lines stand for {len(self.pairs)} of {len(wanted)} pairs, or in another order"
        if trails is not None:
            yield from self._missing_steps(trails)

    def _missing_steps(self, trails: Trails) -> Iterator[str]:
        check, test = self.places["Check on pair"], self.places["Test input"]
        if self.said.isdisjoint(_VERDICTS):
            yield "the check has no result"
        yield from check.missing("check") if check.told else ()
        yield from test.missing("test input")
        recorded = {point.step for trail in (trails.check, *trails.tests) for point in trail}
        yield from (f"the rule leaves out step {step}" for step in sorted(recorded - self.rules))
        wanted = result(test.scope(0), self.states)
        if self.answer is None or "\n".join(self.answer).strip() != "\n".join(" ".join(map(str, r)) for r in wanted):
            yield "the answer is not the grid that was reached"


def _grid(lines: list[str]) -> Grid:
    return [[int(cell) for cell in line.split()] for line in lines]
