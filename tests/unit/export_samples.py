"""A ledger, a sandbox and two tasks small enough to read, for the tests of export, report and page."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import orjson

from soar2cot.challenge import Example
from soar2cot.export import VIEWS, ExportOptions, export
from soar2cot.ledger import open_ledger
from soar2cot.ledger.base import Ledger
from soar2cot.records import ExampleScore, Grid, GuessRecord, InstructionRecord, Outcome, SampleKey
from soar2cot.sandbox.base import Execution, Failed, GridResult, Job, Level, Sandbox
from soar2cot.solve import record_id

TASK_IDS = ("00d62c1b", "007bbfb7", "05269061", "08ed6ac7", "0b148d64")
SWAP = "def transform(grid):\n    return [[{1: 2, 2: 1}.get(c, c) for c in row] for row in grid]\n"
MIRROR = "def transform(grid):\n    return [row[::-1] for row in grid]\n"
RAISES = "def transform(grid):\n    raise IndexError('no')\n"


@dataclass(frozen=True)
class Task:
    train: tuple[Example, ...]
    test: tuple[Example, ...]


def speckled(seed: int) -> Grid:
    chance = random.Random(seed)
    return [[chance.randrange(10) for _ in range(6)] for _ in range(6)]


def task(seed: int) -> Task:
    pairs = tuple(Example(speckled(seed + n), [[0]]) for n in range(3))
    return Task(pairs[:2], pairs[2:])


def tasks() -> dict[str, Task]:
    return {task_id: task(10 * n) for n, task_id in enumerate(TASK_IDS)}


class InProcess:
    """A sandbox for the programs of these tests alone: it confines nothing."""

    level: Level = "none"

    def __init__(self) -> None:
        self.n_run = 0

    def run(self, job: Job) -> Execution:
        self.n_run += 1
        scope: dict[str, Any] = {}
        random.seed(job.seed)
        exec(job.code, scope)
        return Execution(tuple(self._one(scope, grid) for grid in job.inputs))

    def _one(self, scope: dict[str, Any], grid: Grid) -> GridResult:
        try:
            return GridResult(scope["transform"]([list(row) for row in grid]))
        except Exception as error:  # noqa: BLE001 - whatever a program raises is its result
            return GridResult(None, Failed(type(error).__name__, str(error)))

    def run_many(self, jobs: Iterable[Job]) -> Iterator[Execution]:
        return map(self.run, jobs)

    def close(self) -> None:
        pass


def outputs(code: str, task: Task) -> tuple[list[Grid], list[Grid]]:
    inputs = tuple(pair.input for pair in (*task.train, *task.test))
    grids = [cast("Grid", grid) for grid in InProcess().run(Job(code, inputs)).grids]
    return grids[: len(task.train)], grids[len(task.train) :]


def entry(
    task_id: str, round_index: int = 0, *, code: str = SWAP, score: float = 1.0, right: bool = True, text: str = ""
) -> tuple[InstructionRecord, tuple[GuessRecord, ...]]:
    """A sample as the ledger keeps it; `right`: following the text gave the answer."""
    train, test = outputs(code, tasks()[task_id])
    key = SampleKey(task_id, round_index, "original")
    method = text or f"1. Take the grid.\n2. Swap blue and red.\n3. That was round {round_index}."
    record = InstructionRecord(
        id=record_id(key),
        key=key,
        task_hash="h",
        instructions=f"Two colours change places.\n\n{method}",
        input_output_analysis="Two colours change places.",
        transformation_method=method,
        chain_of_thought=("I look at the grid. Blue becomes red.",),
        model="symbolic",
        example_scores=tuple(ExampleScore(i, score, score == 1, score) for i in range(len(train))),
        score=score,
        step="{}",
        soar_code=code,
        soar_source_model="Qwen2.5-Coder-7B-Instruct",
        soar_generation=3,
        is_hindsight=False,
        detail=orjson.dumps(
            {"train_outputs": train, "test_outputs": test, "sandbox": "full", "engine_version": "1"}
        ).decode(),
        created_at="2026-01-02T03:04:05Z",
    )
    found = [test[0] if right else [[9]]]
    guesses = tuple(
        GuessRecord(f"{record.id}-{n}", record.id, n, tuple(found), "symbolic", float(right), (float(right),))
        for n in (1, 2)
    )
    return record, guesses


@dataclass
class FakeLedger:
    """Holds records and nothing else."""

    entries: list[tuple[InstructionRecord, tuple[GuessRecord, ...]]] = field(default_factory=list)

    async def records(
        self, *, after: str = "", limit: int | None = None
    ) -> AsyncIterator[tuple[InstructionRecord, tuple[GuessRecord, ...]]]:
        for item in sorted(self.entries, key=lambda item: item[0].id):
            yield item


def ledger(entries: Sequence[tuple[InstructionRecord, tuple[GuessRecord, ...]]]) -> Ledger:
    return cast("Ledger", FakeLedger(list(entries)))


def sandbox() -> Sandbox:
    return cast("Sandbox", InProcess())


def tampered(
    item: tuple[InstructionRecord, tuple[GuessRecord, ...]], **changes: Any
) -> tuple[InstructionRecord, tuple[GuessRecord, ...]]:
    return replace(item[0], **changes), item[1]


def with_lines(
    item: tuple[InstructionRecord, tuple[GuessRecord, ...]], lines: Any
) -> tuple[InstructionRecord, tuple[GuessRecord, ...]]:
    """The sample as an engine leaves it that noted which program lines each step tells of."""
    detail = orjson.loads(item[0].detail) | {"step_lines": lines}
    return tampered(item, detail=orjson.dumps(detail).decode())


async def fill(path: Path, entries: Sequence[tuple[InstructionRecord, tuple[GuessRecord, ...]]]) -> str:
    """Commits the samples to a real ledger at `path`; gives its address."""
    return await fill_url(f"sqlite:///{path}", entries)


async def fill_url(
    url: str, entries: Sequence[tuple[InstructionRecord, tuple[GuessRecord, ...]]], *, n_failed: int = 0
) -> str:
    """Commits the samples to the ledger at `url`, and parks `n_failed` others."""
    book = await open_ledger(url)
    run_id = await book.start_run(config={"engine": "symbolic"}, fingerprint="f", data_identity="d", engine_version="1")
    claims = await book.claim([record.key for record, _ in entries], run_id=run_id, lease_s=60)
    outcomes = [Outcome(record.key, record, guesses) for record, guesses in entries]
    await asyncio.gather(*(book.commit(c, o, run_id=run_id) for c, o in zip(claims, outcomes, strict=True)))
    parked = [SampleKey(TASK_IDS[0], 1000 + n, "original") for n in range(n_failed)]
    for claim in await book.claim(parked, run_id=run_id, lease_s=60):
        await book.fail(claim, run_id=run_id, error_type="ProgramError", message="why")
    await book.finish_run(run_id, reason="done")
    await book.aclose()
    return url


def export_views(folder: Path) -> Path:
    """Two samples of each task in every view, all of them for training; gives where they are."""
    entries = [entry(task_id, n) for task_id in TASK_IDS for n in range(2)]
    options = ExportOptions(views=tuple(VIEWS), test_share=0)
    asyncio.run(export(ledger(entries), sandbox(), tasks(), folder, options=options))
    return folder


def rows(out: Path, name: str) -> Any:
    """The rows of one view, as a trainer loads them."""
    import datasets

    return datasets.load_dataset(str(out), name, split="train", cache_dir=str(out.parent / "cache"))


def answer(row: dict[str, Any]) -> str:
    """What SWAP makes of the test input, as a grid is written."""
    grid = tasks()[row["task_id"]].test[0].input
    return "\n".join(" ".join(str({1: 2, 2: 1}.get(c, c)) for c in line) for line in grid)
