"""Runs every program of a file and compares what comes out with what the file says."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from soar2cot.atomic import write_bytes
from soar2cot.errors import InputError
from soar2cot.records import Grid, Sample
from soar2cot.sandbox.base import Execution, Job, Sandbox
from soar2cot.soar_loader import ArcTask, BadRow, SoarData

MAX_EXAMPLES = 20
ONE_SEED, MANY_SEEDS = (1,), tuple(range(1, 17))  # a coin falls the same way twice, not sixteen times
SAVE_EVERY_S = 5.0


@dataclass
class Findings:
    """What was found so far. Rows are counted once, under the first word that fits.

    `outcomes`: `equal`; `nondeterministic` (differs from the file, and from itself under other seeds); `differs`
    (another grid than the file has); `failed` (no grid where the file has one); `flags` (grids as in the file, but
    `correct_*` says something else than comparing them with the task does); `unusable` (the row itself).
    `errors`: failures by kind. `repeated`, `unstable`: programs run a second time under other seeds, and those of
    them that gave something else. `examples`: the first few rows that are not equal.
    """

    identity: str = ""
    level: str = ""
    rows: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    errors: Counter[str] = field(default_factory=Counter[str])
    repeated: int = 0
    unstable: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether every row is equal or known not to be a function of its grid."""
        return self.rows == self.outcomes["equal"] + self.outcomes["nondeterministic"]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**vars(self), "outcomes": dict(self.outcomes), "errors": dict(self.errors), "clean": self.clean}


def load_findings(path: Path, identity: str, level: str) -> Findings:
    """What an earlier, stopped verification found; an empty one where there is none.

    Raises: InputError: the file is of another data set, or no findings at all; nothing is changed.
    """
    if not path.exists():
        return Findings(identity, level)
    try:
        raw: dict[str, Any] = orjson.loads(path.read_bytes())
        raw.pop("clean")
        outcomes: Counter[str] = Counter(raw.pop("outcomes"))
        errors: Counter[str] = Counter(raw.pop("errors"))
        found = Findings(**raw, outcomes=outcomes, errors=errors)
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"{path}: holds no findings of `soar2cot verify`; delete it, or name another --state"
        ) from error
    if (found.identity, found.level) != (identity, level):
        raise InputError(
            f"{path}: is about other data or another sandbox level ({found.level}); delete it, or name another --state"
        )
    return found


class Verification:
    """One pass over a data set, which can be stopped and gone on with."""

    def __init__(
        self, data: SoarData, tasks: Mapping[str, ArcTask], sandbox: Sandbox, state: Path, *, repeat_every: int = 100
    ) -> None:
        self.findings = load_findings(state, data.identity, sandbox.level)
        self._data = data
        self._tasks = tasks
        self._sandbox = sandbox
        self._state = state
        self._repeat_every = repeat_every
        self._waiting: deque[Sample | BadRow] = deque()

    def run(self, on_progress: Callable[[int], None]) -> Findings:
        """Goes on from where the findings end, to the end of the data.

        Crash: what was found in the last seconds is looked at again; the file of findings is always whole.
        """
        started = saved = time.monotonic()
        try:
            for execution in self._sandbox.run_many(self._jobs()):
                while not isinstance(item := self._waiting.popleft(), Sample) or item.key.task_id not in self._tasks:
                    self._count_unusable(item)
                self._count(item, execution)
                on_progress(self.findings.rows)
                if time.monotonic() - saved > SAVE_EVERY_S:
                    saved = self._save(started)
                    started = saved
            while self._waiting:
                self._count_unusable(self._waiting.popleft())
        finally:
            self._save(started)
        return self.findings

    def _jobs(self) -> Iterator[Job]:
        for item in islice(self._data.stream(), self.findings.rows, None):
            self._waiting.append(item)
            task = self._tasks.get(item.key.task_id)
            if isinstance(item, Sample) and task is not None:
                yield Job(item.code, _inputs(task))

    def _save(self, since: float) -> float:
        now = time.monotonic()
        self.findings.seconds += now - since
        write_bytes(self._state, orjson.dumps(self.findings.as_json()))
        return now

    def _count_unusable(self, item: Sample | BadRow) -> None:
        why = str(item.error) if isinstance(item, BadRow) else f"no task {item.key.task_id} in the ARC set"
        self._note(item, "unusable", why)

    def _count(self, sample: Sample, execution: Execution) -> None:
        task = self._tasks[sample.key.task_id]
        outcome, why = compare(sample, task, execution)
        if outcome == "failed":
            self.findings.errors[why.partition(":")[0]] += 1
        due = self._repeat_every > 0 and self.findings.rows % self._repeat_every == 0
        seeds = MANY_SEEDS if outcome == "differs" else ONE_SEED if due else ()
        if seeds and self._is_unstable(sample, task, execution, seeds) and outcome == "differs":
            outcome = "nondeterministic"
        self._note(sample, outcome, why)

    def _is_unstable(self, sample: Sample, task: ArcTask, execution: Execution, seeds: Iterable[int]) -> bool:
        """Whether other seeds and clocks change the result: then it is not a function of the grid."""
        again = (self._sandbox.run(Job(sample.code, _inputs(task), seed=seed)) for seed in seeds)
        unstable = any(other.grids != execution.grids for other in again)
        self.findings.repeated += 1
        self.findings.unstable += unstable
        return unstable

    def _note(self, item: Sample | BadRow, outcome: str, why: str) -> None:
        self.findings.rows += 1
        self.findings.outcomes[outcome] += 1
        if outcome != "equal" and len(self.findings.examples) < MAX_EXAMPLES:
            self.findings.examples.append({"key": str(item.key), "row": item.row, "outcome": outcome, "why": why})


def compare(sample: Sample, task: ArcTask, execution: Execution) -> tuple[str, str]:
    """(outcome, why) of one row: `equal`, `differs`, `failed` or `flags`."""
    for index, result in enumerate(execution.results):
        if result.failed is not None:
            return "failed", f"{result.failed.kind}: {_place(task, index)}: {result.failed.message}"
    predicted = (*sample.predicted_train_output, *sample.predicted_test_output)
    if len(predicted) != len(execution.grids):
        return "differs", f"the row has {len(predicted)} predictions, the task {len(execution.grids)} pairs"
    for index, (grid, stored) in enumerate(zip(execution.grids, predicted, strict=True)):
        if grid != stored:
            return "differs", f"{_place(task, index)}: another grid than the stored one"
    return _compare_flags(sample, task, predicted)


def _compare_flags(sample: Sample, task: ArcTask, predicted: tuple[Grid, ...]) -> tuple[str, str]:
    flags = (*sample.correct_train_input, *sample.correct_test_input)
    truths = [pair.output for pair in (*task.train, *task.test)]
    for index, (grid, truth, flag) in enumerate(zip(predicted, truths, flags, strict=True)):
        if (grid == truth) != flag:
            return "flags", f"{_place(task, index)}: marked {'right' if flag else 'wrong'}, and is not"
    return "equal", ""


def _place(task: ArcTask, index: int) -> str:
    n_train = len(task.train)
    return f"train {index}" if index < n_train else f"test {index - n_train}"


def _inputs(task: ArcTask) -> tuple[Grid, ...]:
    return tuple(pair.input for pair in (*task.train, *task.test))
