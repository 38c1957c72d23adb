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


@dataclass
class Recorder:
    """Collects checkpoints while a method runs. The grid that is told is the one that becomes the answer."""

    steps: Sequence[Step]
    grid: Grid
    trail: list[Checkpoint] = field(default_factory=list[Checkpoint])

    def __post_init__(self) -> None:
        self._known: dict[str, str] = {}
        self._told = _told(self.steps)
        self._names = _names(self.steps)

    def snap(self, index: int, values: dict[str, Any]) -> None:
        """Step `index` is done; `values` are all named quantities."""
        after = next((grid for label in self._told if (grid := as_grid(values.get(label))) is not None), self.grid)
        self._add(index, after, tuple(self._notes(values)))

    def end(self, answer: Grid) -> None:
        """The answer was given: by the step after the last one that was recorded."""
        index = len(self.trail)
        if index < len(self.steps):
            self._add(index, copy_grid(answer), ())
        elif self.trail:
            last = self.trail.pop()
            self.grid = last.before
            self._add(index - 1, copy_grid(answer), last.notes)

    def _add(self, index: int, after: Grid, notes: tuple[str, ...]) -> None:
        step = self.steps[index]
        self.trail.append(Checkpoint(step.number, step.sentence, copy_grid(self.grid), copy_grid(after), notes))
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
    """The method with a record taken after every top-level step."""
    lines = Lines()
    lines.add(0, "def method(v_input):")
    for index, step in enumerate(steps):
        lines.block(Node("block", step.statements), 1)
        if not step.statements or step.statements[-1].op != "answer":
            lines.add(1, f"snap({index}, locals())")
    if not steps or needs_answer(Node("block", steps[-1].statements)):
        lines.add(1, "return v_result")
    return "\n".join(lines.lines)
