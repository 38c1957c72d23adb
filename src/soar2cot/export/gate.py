"""The gate: a record is exported only where its program, executed now, gives the grids that are stored, every time.

A program that looks at chance gives one grid under the sandbox's fixed seed and another elsewhere. So every program is
executed a second time, with other seeds, clocks and addresses; one whose text names chance, sixteen times.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import orjson

from soar2cot.errors import SandboxError
from soar2cot.export.canonical import Stored, Task, Tasks
from soar2cot.records import Grid
from soar2cot.sandbox.base import Execution, Job, Sandbox

PASSED = ""
BY_CHANCE = "the program gives another grid when chance falls otherwise"
_BATCH = 256
_CHANCE = re.compile(r"random|time|secrets|uuid|shuffle|\bid\(|hash\(|object|__")
_ONE_SEED, _MANY_SEEDS = (1,), tuple(range(1, 17))  # a coin falls the same way twice, not sixteen times
_VERSION = 2  # raised whenever the gate asks for more: older verdicts count no longer


@dataclass
class Gate:
    """Executes programs and remembers the verdicts, so that nothing is executed twice.

    `verdicts` maps the digest of a question (program, inputs, stored outputs) to `PASSED` or the reason why not;
    `used` holds those of the last `judge` alone. `n_executed` counts programs, not how often each was executed.
    """

    sandbox: Sandbox
    tasks: Tasks
    verdicts: dict[str, str]
    n_executed: int = 0
    used: dict[str, str] = field(default_factory=dict[str, str])

    async def judge(self, records: Sequence[Stored]) -> list[str]:
        """A verdict per record, in order.

        Raises: SandboxError: the sandbox itself failed; nothing is known about the programs then.
        """
        questions = [_Question.of(record, self.tasks.get(record.values["task_id"])) for record in records]
        new = list({q.digest: q for q in questions if not q.problem and q.digest not in self.verdicts}.values())
        for start in range(0, len(new), _BATCH):
            await self._execute(new[start : start + _BATCH])
        self.used = {q.digest: self.verdicts[q.digest] for q in questions if not q.problem}
        return [question.problem or self.verdicts[question.digest] for question in questions]

    async def _execute(self, questions: list[_Question]) -> None:
        executions = await self._run([question.job for question in questions])
        self.n_executed += len(questions)
        for question, execution in zip(questions, executions, strict=True):
            self.verdicts[question.digest] = question.verdict(execution)
        passed = [question for question in questions if self.verdicts[question.digest] == PASSED]
        again = [(question, seed) for question in passed for seed in question.other_seeds]
        executions = await self._run([replace(question.job, seed=seed) for question, seed in again])
        for (question, _), execution in zip(again, executions, strict=True):
            if question.verdict(execution) != PASSED:
                self.verdicts[question.digest] = BY_CHANCE

    async def _run(self, jobs: list[Job]) -> list[Execution]:
        executions = await asyncio.to_thread(lambda: list(self.sandbox.run_many(jobs)))
        if len(executions) != len(jobs):
            raise SandboxError(f"{len(jobs)} programs were given, {len(executions)} came back")
        return executions


@dataclass(frozen=True, slots=True)
class _Question:
    """A program, its inputs and the grids that are stored; `problem` where it cannot even be asked."""

    job: Job
    wanted: tuple[Grid, ...]
    n_train: int
    digest: str
    problem: str = ""

    @classmethod
    def of(cls, record: Stored, task: Task | None) -> _Question:
        values = record.values
        train, test = values["train_outputs"], values["test_outputs"]
        problem = _problem(task, train, test)
        if task is None or problem:
            return cls(Job(values["python_code"], ()), (), 0, "", problem)
        inputs = tuple(pair.input for pair in (*task.train, *task.test))
        wanted = (*train, *test)
        digest = hashlib.sha256(orjson.dumps([_VERSION, values["python_code"], inputs, wanted])).hexdigest()
        return cls(Job(values["python_code"], inputs), wanted, len(train), digest)

    @property
    def other_seeds(self) -> tuple[int, ...]:
        """What the program is tried under after it passed."""
        return _MANY_SEEDS if _CHANCE.search(self.job.code) else _ONE_SEED

    def verdict(self, execution: Execution) -> str:
        """`PASSED`, or which pair is not what is stored and why."""
        for index, (result, wanted) in enumerate(zip(execution.results, self.wanted, strict=True)):
            if result.grid != wanted:
                why = f"fails ({result.failed.kind})" if result.failed else "gives another grid than the stored one"
                return f"the program {why} on {_place(index, self.n_train)}"
        return PASSED


def _problem(task: Task | None, train: list[Grid] | None, test: list[Grid] | None) -> str:
    if task is None:
        return "the task is not among the ARC tasks given"
    if not train or not test:
        return "no outputs are stored"
    if (len(train), len(test)) != (len(task.train), len(task.test)):
        return "the stored outputs do not fit the task's pairs"
    return ""


def _place(index: int, n_train: int) -> str:
    return f"training pair {index + 1}" if index < n_train else f"test input {index - n_train + 1}"
