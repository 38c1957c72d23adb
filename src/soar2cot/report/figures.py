"""The figures of a report, added up in one pass over the results, in constant memory."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import orjson

from soar2cot.ledger.base import Ledger
from soar2cot.ledger.browse import Browse
from soar2cot.records import Grid, GuessRecord, InstructionRecord, SampleKey

N_BINS = 20
_N_POINTS = 800
_N_EXAMPLES = 3


@dataclass
class Group:
    """The sums of the results that share something: all, one kind, one model.

    `test_solved` counts the results of which some guess is right on every test input.
    """

    n: int = 0
    score_sum: float = 0.0
    perfect: int = 0
    test_solved: int = 0
    lift_sum: float = 0.0
    n_lift: int = 0

    def add(self, score: float, *, solved: bool, lift: float | None) -> None:
        """Counts one result."""
        self.n += 1
        self.score_sum += score
        self.perfect += score >= 1
        self.test_solved += solved
        if lift is not None:
            self.lift_sum += lift
            self.n_lift += 1

    @property
    def mean_score(self) -> float | None:
        """0..1; None where there is no result."""
        return self.score_sum / self.n if self.n else None

    @property
    def mean_lift(self) -> float | None:
        """What the text is worth over the examples alone; None where it was not measured."""
        return self.lift_sum / self.n_lift if self.n_lift else None


@dataclass(frozen=True, slots=True)
class Example:
    """A result to be shown: test input's answer and first guess, and the method."""

    key: SampleKey
    score: float
    method: str
    wanted: Grid | None
    guess: Grid | None


@dataclass
class RunFigures:
    """What is known of one run directory."""

    name: str
    all: Group = field(default_factory=Group)
    by_kind: defaultdict[str, Group] = field(default_factory=lambda: defaultdict(Group))
    by_writer: defaultdict[str, Group] = field(default_factory=lambda: defaultdict(Group))
    by_source: defaultdict[str, Group] = field(default_factory=lambda: defaultdict(Group))
    bins: list[int] = field(default_factory=lambda: [0] * N_BINS)
    train_test: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    failures: dict[str, int] = field(default_factory=dict[str, int])
    history: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    calls: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    completed: int = 0
    n_runs: int = 0
    best: list[Example] = field(default_factory=list[Example])
    worst: list[Example] = field(default_factory=list[Example])
    engines: Counter[str] = field(default_factory=Counter[str])

    @property
    def cost_per_perfect_usd(self) -> float | None:
        """US dollars per result with score 1; None where there is none, or nothing was paid."""
        return self.cost_usd / self.all.perfect if self.all.perfect and self.cost_usd else None


async def collect(name: str, ledger: Ledger, browse: Browse) -> RunFigures:
    """Reads a whole ledger once.

    Raises: LedgerError: it cannot be read.
    """
    figures = RunFigures(name)
    async for record, guesses in ledger.records():
        _add(figures, record, guesses)
    runs = await browse.runs()
    figures.n_runs, figures.completed = len(runs), sum(run.completed for run in runs)
    spent = await browse.spent()
    figures.calls, figures.tokens, figures.cost_usd = spent.calls, spent.tokens, spent.cost_usd
    figures.failures = await browse.failures_by_reason()
    figures.history = await browse.history()
    return figures


def _add(figures: RunFigures, record: InstructionRecord, guesses: tuple[GuessRecord, ...]) -> None:
    detail = _detail(record.detail)
    lift = detail.get("lift")
    test = max((guess.avg_score for guess in guesses), default=0.0)
    for group in (
        figures.all,
        figures.by_kind[record.key.data_type],
        figures.by_writer[record.model],
        figures.by_source[record.soar_source_model or "unknown"],
    ):
        group.add(record.score, solved=test >= 1, lift=lift if isinstance(lift, float) else None)
    figures.bins[min(N_BINS - 1, int(record.score * N_BINS))] += 1
    figures.engines[f"{detail.get('engine', '')} {detail.get('engine_version', '')}".strip()] += 1
    if len(figures.train_test) < _N_POINTS or _chosen(record.id):
        figures.train_test.append((record.score, test))
        del figures.train_test[: len(figures.train_test) - _N_POINTS]
    _keep_example(figures, record, guesses, detail)


def _chosen(record_id: str) -> bool:
    """One in 64, the same ones in every report."""
    return zlib.crc32(record_id.encode()) % 64 == 0


def _keep_example(
    figures: RunFigures, record: InstructionRecord, guesses: tuple[GuessRecord, ...], detail: Mapping[str, Any]
) -> None:
    """Keeps the first results with score 1 of different tasks, and those that fell shortest."""
    known = {example.key.task_id for example in figures.best}
    if record.score >= 1 and len(figures.best) < _N_EXAMPLES and record.key.task_id not in known:
        figures.best.append(_example(record, guesses, detail))
    elif record.score < 1 and (len(figures.worst) < _N_EXAMPLES or record.score < figures.worst[-1].score):
        figures.worst.append(_example(record, guesses, detail))
        figures.worst.sort(key=lambda example: example.score)
        del figures.worst[_N_EXAMPLES:]


def _example(record: InstructionRecord, guesses: tuple[GuessRecord, ...], detail: Mapping[str, Any]) -> Example:
    wanted = cast("list[Grid]", detail.get("test_outputs") or [])
    guess = next((guess.grids[0] for guess in guesses if guess.grids), None)
    return Example(record.key, record.score, record.transformation_method, wanted[0] if wanted else None, guess)


def _detail(text: str) -> dict[str, Any]:
    values = orjson.loads(text)
    return cast("dict[str, Any]", values) if isinstance(values, dict) else {}
