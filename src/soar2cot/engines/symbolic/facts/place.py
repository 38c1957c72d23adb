"""Where a reader stands in the recorded trails: which step, which turn, what was told already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.facts.check.trail import joins, odd
from soar2cot.engines.symbolic.facts.claims import Scope, States

Kind: TypeAlias = Literal["pair", "test"]


class Place:
    """A cursor over one trail: steps are told in the order in which they were recorded, none left out."""

    def __init__(self, states: States, kind: Kind, index: int) -> None:
        trails = states.trails
        self.states, self.index = states, index
        self.kind: Kind = kind
        self.trail: tuple[Checkpoint, ...] = ()
        if trails is not None:
            self.trail = trails.check if kind == "pair" else trails.tests[index]
        self.told: list[int] = []
        self.turn = 0
        self.effects: set[int] = set()
        self.origins: set[int] = set()
        self.apart: set[int] = set()
        self.found: set[int] = set()

    def scope(self, turn: int) -> Scope:
        """The scope of a claim about this checkpoint."""
        return Scope("step", self.index, self.kind, turn)

    @property
    def first(self) -> int:
        """The first turn of the step that is being told; 0 before any."""
        return self.told[-1] if self.told else 0

    def run(self, first: int) -> int:
        """How many checkpoints in a row belong to the step that begins here."""
        n = 0
        while first + n < len(self.trail) and self.trail[first + n].step == self.trail[first].step:
            n += 1
        return n

    def advance(self, step: int) -> Iterator[str]:
        """To the next recorded step, which must be this one."""
        self.turn = self.told[-1] + self.run(self.told[-1]) if self.told else 0
        if self.turn >= len(self.trail):
            yield f"step {step} was not recorded here"
            return
        self.told.append(self.turn)
        recorded = self.trail[self.turn].step
        if recorded != step:
            yield f"step {step} stands where step {recorded} was recorded"

    def finds(self) -> None:
        """What was found here is told; where nothing changed and the step starts as usual, that is all it did."""
        self.found.add(self.turn)
        if self.turn < len(self.trail) and self.trail[self.turn].before == self.trail[self.turn].after:
            self.effects.add(self.turn)

    def to_turn(self, name: str, number: int) -> Iterator[str]:
        """To the first or last turn of the step, or to one between, which must be odd and not told yet."""
        run = self.run(self.first)
        offset = {"First turn": 0, "Last turn": run - 1}.get(name, number - 1)
        if not 0 <= offset < run:
            yield f"there is no turn {number}"
            return
        self.turn = self.first + offset
        between = odd(self.trail[self.first : self.first + run])
        if number and (self.turn in self.effects or not [*between, False][offset]):
            yield f"turn {number} is no exception, or told twice"

    def missing(self, name: str) -> Iterator[str]:
        """Recorded steps of which the text does not tell, or not what they did or where they started."""
        first = 0
        while first < len(self.trail):
            n, step = self.run(first), self.trail[first].step
            if first not in self.told or not {first, first + n - 1} <= self.effects:
                yield f"{name}: step {step} is not told, or not what it did"
            if self.trail[first + n - 1].notes and first + n - 1 not in self.found:
                yield f"{name}: what step {step} found is not told"
            apart = self._apart(first, n)
            if apart - self.origins and (first not in self.apart or first in apart - self.origins):
                yield f"{name}: step {step} does not start where the one before it ended"
            first += n

    def _apart(self, first: int, n: int) -> set[int]:
        """The turns of a step that do not start where the one before ended."""
        return {turn for turn in range(first, first + n) if not joins(self.scope(turn), self.states)}
