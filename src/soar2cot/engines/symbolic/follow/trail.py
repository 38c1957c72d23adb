"""Follows a method step by step and records what every top-level step found and changed."""

# Values here are of any type by nature (what a method computes, what a syntax tree holds).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from soar2cot.challenge import copy_grid
from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.follow.grids import as_grid
from soar2cot.engines.symbolic.follow.statements import Lines, needs_answer
from soar2cot.engines.symbolic.language.names import variable
from soar2cot.engines.symbolic.language.node import Node, walk
from soar2cot.engines.symbolic.language.text import Step
from soar2cot.records import Grid

MAX_NOTES = 4
MAX_TURNS = 40  # a step of more turns is told as one change
_TOLD_TURNS = frozenset(("each", "each_below", "from_below", "from_to", "down_to"))


@dataclass
class Recorder:
    """Collects checkpoints while a method runs. The grid that is told is the one that becomes the answer.

    A step that is a loop of few turns, some of which change the grid, leaves a checkpoint per turn.
    """

    steps: Sequence[Step]
    grid: Grid
    trail: list[Checkpoint] = field(default_factory=list[Checkpoint])

    def __post_init__(self) -> None:
        self._known: dict[str, str] = {}
        self._n_done = 0
        self._n_turns = 0
        self._turns: list[Grid] = []
        self._told = _told(self.steps)
        self._names = _names(self.steps)

    def snap(self, index: int, values: dict[str, Any]) -> None:
        """Step `index` is done; `values` are all named quantities."""
        self._add_turns(index)
        self._add(index, self._grid(values), tuple(self._notes(values)))
        self._n_done = index + 1

    def turn(self, values: dict[str, Any]) -> None:
        """A turn of the step that is under way begins: what the one before it left is kept."""
        self._n_turns += 1
        if 1 < self._n_turns <= MAX_TURNS:
            self._turns.append(copy_grid(self._grid(values)))

    def end(self, answer: Grid) -> None:
        """The answer was given: by the step after the last one that was recorded."""
        if self._n_done < len(self.steps):
            self._add_turns(self._n_done)
            self._add(self._n_done, copy_grid(answer), ())
        elif self.trail:
            last = self.trail.pop()
            self.grid = last.before
            self._add(self._n_done - 1, copy_grid(answer), last.notes)

    def _grid(self, values: dict[str, Any]) -> Grid:
        return next((grid for label in self._told if (grid := as_grid(values.get(label))) is not None), self.grid)

    def _add_turns(self, index: int) -> None:
        """The turns of a step but the last, if there were few and they changed something."""
        if self._n_turns <= MAX_TURNS and any(grid != self.grid for grid in self._turns):
            for grid in self._turns:
                self._add(index, grid, ())
        self._n_turns = 0
        self._turns = []

    def _add(self, index: int, after: Grid, notes: tuple[str, ...]) -> None:
        step = self.steps[index]
        after = self.grid if after == self.grid else after
        self.trail.append(Checkpoint(step.number, step.sentence, self.grid, after, notes))
        self.grid = after

    def _notes(self, values: dict[str, Any]) -> list[str]:
        found: list[str] = []
        for label, words in self._names.items():
            told = _told_value(values.get(label))
            if told is not None and self._known.get(label) != told:
                self._known[label] = told
                found.append(f"{words} is {told}")
        return found[:MAX_NOTES]


def _told(steps: Sequence[Step]) -> list[str]:
    """The follower's variables for what is answered, the last answer first."""
    labels: list[str] = []
    for step in reversed(steps):
        for statement in step.statements:
            for item in walk(statement):
                if item.op == "answer":
                    labels += [variable(str(part.args[0])) for part in walk(item[0]) if part.op == "name"]
    return list(dict.fromkeys([*labels, "v_result"]))


def _names(steps: Sequence[Step]) -> dict[str, str]:
    """The quantities that top-level steps bind, by the follower's variable."""
    found: dict[str, str] = {}
    for step in steps:
        for statement in step.statements:
            if statement.op == "let":
                for part in walk(statement[0]):
                    if part.op == "name":
                        found[variable(str(part.args[0]))] = str(part.args[0])
    return found


def _told_value(value: Any) -> str | None:
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    return None


def recorded_python(steps: Sequence[Step]) -> str:
    """The method with a record taken after every top-level step, and at each turn of one that is a loop."""
    lines = Lines()
    lines.add(0, "def method(v_input):")
    for index, step in enumerate(steps):
        start = len(lines.lines)
        lines.block(Node("block", step.statements), 1)
        if _tells_turns(step):
            lines.lines.insert(start + 1, "  turn(locals())")
        if not step.statements or step.statements[-1].op != "answer":
            lines.add(1, f"snap({index}, locals())")
    if not steps or needs_answer(Node("block", steps[-1].statements)):
        lines.add(1, "return v_result")
    return "\n".join(lines.lines)


def _tells_turns(step: Step) -> bool:
    """Whether the step is one loop, each turn of which is worth a word: not one over cells."""
    only = step.statements[0] if len(step.statements) == 1 else None
    if only is None or only.op not in ("for", "while", "forever"):
        return False
    return only.op != "for" or only[0].op in _TOLD_TURNS
