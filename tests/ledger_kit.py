"""What the ledger's tests share: samples out of a number, ledgers of every kind, time that can be moved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from soar2cot.ledger.base import Ledger
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.ledger.sqlite import SqliteLedger
from soar2cot.records import Call, ExampleScore, GuessRecord, InstructionRecord, Outcome, SampleKey

RUN = {"config": {"engine": "symbolic"}, "fingerprint": "f" * 64, "data_identity": "d", "engine_version": "1"}


def key(n: int, *, tasks: int = 7) -> SampleKey:
    """The n-th sample: round by round, tasks in alphabetical order."""
    return SampleKey(f"{n % tasks:08x}", n // tasks, "hindsight" if n % 3 == 0 else "original")


def outcome(k: SampleKey, *, score: float = 0.5, text: str = "Paint it.", sortable: bool = True) -> Outcome:
    """A result whose parts follow from key, score and text."""
    id_ = f"{k.round_index:06d}-{k.task_id}-{k.data_type[0]}" if sortable else f"x{hash(k) & 0xFFFFFFFF:08x}"
    record = InstructionRecord(
        id=id_,
        key=k,
        task_hash="a" * 64,
        instructions=text,
        input_output_analysis=f"analysis of {k}",
        transformation_method=f"method of {k}",
        chain_of_thought=("first", text),
        model="symbolic",
        example_scores=(ExampleScore(0, score, score == 1, score), ExampleScore(1, 0.0, False, 0.0, "no grid")),
        score=score,
        step='{"kind":"write"}',
        soar_code="def transform(grid):\n    return grid\n",
        soar_source_model="qwen",
        soar_generation=-1,
        is_hindsight=k.data_type == "hindsight",
        detail='{"lift":false}',
    )
    guess_ids = [f"{id_}-{n}" if sortable else f"guess{n}of{id_}" for n in (1, 2)]
    guesses = tuple(
        GuessRecord(guess_id, id_, n, ([[n, 2], [3, 4]], None), "symbolic", 0.25, (0.5, 0.0))
        for n, guess_id in enumerate(guess_ids, start=1)
    )
    return Outcome(k, record, guesses)


def call(k: SampleKey, n: int, *, prompt: str = "p") -> Call:
    """The n-th call of a sample, announced."""
    return Call(
        f"{k}-{n}", k, f"0.write.{n}", "m", "http://localhost/v1", prompt, "{}", sent_at=f"2026-01-01T00:00:{n:02d}Z"
    )


def answered(c: Call, text: str = "yes") -> Call:
    """The same call with its answer."""
    from dataclasses import replace

    return replace(
        c, answer=text, reasoning="because", finish_reason="stop", prompt_tokens=10, cached_tokens=4,
        completion_tokens=5, cost_usd=0.25, latency_s=1.5,
    )  # fmt: skip


@dataclass
class Time:
    """A clock that only the test moves."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Place:
    """Where a ledger of one kind lives, so that it can be opened again, and how its time goes on."""

    open: Callable[[], AsyncIterator[Ledger]]
    pass_time: Callable[[float], object]
    kind: str
    again: bool = True
    opened: list[Ledger] = field(default_factory=list)


@asynccontextmanager
async def place(kind: str, folder: Path) -> AsyncIterator[Place]:
    """A fresh place for a ledger of this kind: `memory`, `sqlite` or `postgres`."""
    time = Time()

    async def pass_time(seconds: float) -> None:
        time.now += seconds

    if kind == "memory":
        memory = MemoryLedger(clock=time)

        async def open_memory() -> Ledger:
            return memory

        yield Place(open_memory, pass_time, kind, again=False)
    elif kind == "sqlite":

        async def open_sqlite() -> Ledger:
            return await SqliteLedger.open(folder / "ledger.db", clock=time)

        yield Place(open_sqlite, pass_time, kind)
    else:
        from tests.postgres_server import fresh_database

        async with fresh_database() as (url, shift):
            from soar2cot.ledger.postgres import PostgresLedger

            async def open_postgres() -> Ledger:
                return await PostgresLedger.open(url)

            yield Place(open_postgres, shift, kind)
