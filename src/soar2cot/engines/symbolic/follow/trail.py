"""Sees a method run, and tells what every top-level step found and changed."""

# Values here are of any type by nature (what a method computes, what a syntax tree holds).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from soar2cot.challenge import copy_grid
from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.follow.found import bound, quantities
from soar2cot.engines.symbolic.follow.grids import as_grid
from soar2cot.engines.symbolic.language.names import variable
from soar2cot.engines.symbolic.language.node import Node, bits, walk
from soar2cot.engines.symbolic.language.text import Step
from soar2cot.records import Grid

MAX_NOTES = 6
MAX_TURNS = 40  # a step of more turns is told as one change
RESULT = "v_result"
INPUT = "v_input"
_ANSWER = bits(["answer"])


@dataclass(frozen=True, slots=True)
class Moment:
    """What a method had made when a statement was done: its grids by the follower's variable, and by its name in the
    text what else it had found, in words."""

    grids: Mapping[str, Grid]
    found: Mapping[str, str]


class Watcher:
    """Sees a method run: what stands after each of its statements, and as each turn of a loop at the top begins.

    It needs no text: a method that is confirmed is watched then, and not followed once more for its tale.
    """

    def __init__(self, method: Node) -> None:
        self.after: dict[int, Moment] = {}
        self.turns: dict[int, list[Mapping[str, Grid]]] = {}
        self.n_turns: Counter[int] = Counter()
        self._grids = _told(method.nodes)
        self._quantities = quantities(method.nodes, without=(*self._grids, INPUT))

    @property
    def names(self) -> dict[str, object]:
        """What the method calls where it is watched, by the names of `statements.python_of`."""
        return {"W": True, "snap": self._snap, "turn": self._turn}

    def _snap(self, number: int, values: dict[str, Any]) -> None:
        """Statement `number` is done; `values` are all named quantities."""
        found = {item.name: told for item in self._quantities if (told := item.told(values)) is not None}
        self.after[number] = Moment(self._seen(values), found)

    def _turn(self, number: int, values: dict[str, Any]) -> None:
        """A turn of statement `number` begins: what the one before it left is kept."""
        self.n_turns[number] += 1
        if 1 < self.n_turns[number] <= MAX_TURNS:
            self.turns.setdefault(number, []).append(self._seen(values))

    def _seen(self, values: dict[str, Any]) -> dict[str, Grid]:
        return {label: grid for label in self._grids if (grid := as_grid(values.get(label))) is not None}


def tell(steps: Sequence[Step], start: Grid, seen: Watcher, answer: Grid) -> tuple[Checkpoint, ...]:
    """The checkpoints of a method that was seen to run from `start` to `answer`."""
    recorder = Recorder(steps, start)
    done = 0
    for index, step in enumerate(steps):
        done += len(step.statements)
        if len(step.statements) == 1:
            recorder.turns(seen.n_turns[done - 1], seen.turns.get(done - 1, []))
        moment = seen.after.get(done - 1)
        if moment is None:
            break
        recorder.snap(index, moment)
    recorder.end(answer)
    return tuple(recorder.trail)


@dataclass
class Recorder:
    """Collects the checkpoints of a method that ran. The grid that is told is the one that becomes the answer.

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
        self._told = list(dict.fromkeys(label for step in reversed(self.steps) for label in _answers(step.statements)))

    def turns(self, n_turns: int, before: Sequence[Mapping[str, Grid]]) -> None:
        """The step that is under way took so many turns; `before`: what stood before each but the first."""
        self._n_turns = n_turns
        self._turns = [self._grid(grids) for grids in before]

    def snap(self, index: int, moment: Moment) -> None:
        """Step `index` is done."""
        self._add_turns(index)
        self._add(index, self._grid(moment.grids), tuple(self._notes(self.steps[index], moment.found)))
        self._n_done = index + 1

    def end(self, answer: Grid) -> None:
        """The answer was given: by the step after the last one that was recorded."""
        if self._n_done < len(self.steps):
            self._add_turns(self._n_done)
            self._add(self._n_done, copy_grid(answer), ())
        elif self.trail:
            last = self.trail.pop()
            self.grid = last.before
            self._add(self._n_done - 1, copy_grid(answer), last.notes)

    def _grid(self, grids: Mapping[str, Grid]) -> Grid:
        return next((grids[label] for label in (*self._told, RESULT) if label in grids), self.grid)

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

    def _notes(self, step: Step, found: Mapping[str, str]) -> list[str]:
        """What the step found: values that are new, and that its own words do not say already."""
        said = _stated(step.statements)
        new = [(name, told) for name, told in found.items() if self._known.get(name) != told]
        self._known.update(new)
        return [f"{name} {told}" for name, told in new if name not in said][:MAX_NOTES]


def _told(statements: Iterable[Node]) -> list[str]:
    """The follower's variables for what can be the answer."""
    return list(dict.fromkeys([*_answers(statements), RESULT]))


def _answers(statements: Iterable[Node]) -> list[str]:
    return [
        variable(str(part.args[0]))
        for statement in statements
        if statement.holds(_ANSWER)
        for item in walk(statement)
        if item.op == "answer"
        for part in walk(item[0])
        if part.op == "name"
    ]


def _stated(statements: Sequence[Node]) -> set[str]:
    """What is bound to a value that stands in the words themselves, as `Number A becomes 0` says it."""
    if any(statement.op != "let" for statement in statements):
        return set()
    values = {name: statement[1] for statement in statements for name in bound(statement)}
    return {name for name, value in values.items() if all(part.op not in ("name", "pair") for part in walk(value))}
