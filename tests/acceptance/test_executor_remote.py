"""A worker at the far end: it works and commits by itself, and tells little."""

from __future__ import annotations

import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner

from soar2cot.cli import cli
from soar2cot.config import ApiKeys, Endpoint, RunConfig
from soar2cot.errors import ConfigError, InputError, ModelSetupError
from soar2cot.events import CallFinished, Event, SampleCompleted, SampleFailed, SampleLeft
from soar2cot.executor import check_executor, remote
from soar2cot.executor.ray import fitting
from soar2cot.executor.remote import Order, RemoteWorker, Report, Task
from soar2cot.ledger import open_ledger
from soar2cot.records import Sample
from soar2cot.soar_loader import BadRow, open_soar
from soar2cot.testing import Capacity, ScriptedServer
from tests.crash.kit import write_arc, write_data
from tests.ledger_kit import RUN, key

N = 12


@asynccontextmanager
async def hired(root: Path, *, service_s: float = 0.0, api_key: str | None = None) -> AsyncIterator[RemoteWorker]:
    """A worker on a ledger in a file, with a model that is at hand."""
    write_arc(root / "arc")
    write_data(root / "soar.parquet", N)
    async with ScriptedServer(capacity=Capacity(service_s=service_s), api_key=api_key) as server:
        config = RunConfig(
            engine="llm",
            writer=Endpoint(base_url=server.base_url, model="m"),
            sandbox="none",
            arc=root / "arc",
            ledger=f"sqlite:///{root / 'ledger.db'}",
            max_concurrency=2,
            grace_s=5,
        )
        ledger = await open_ledger(config.ledger or "")
        run_id = await ledger.start_run(**RUN)
        await ledger.aclose()
        worker = RemoteWorker()
        assert await worker.open(Task(config, run_id, ApiKeys())) == 2
        try:
            yield worker
        finally:
            await worker.close()
            structlog.reset_defaults()


def rows(root: Path) -> tuple[Sample, ...]:
    return tuple(item for item in open_soar(str(root / "soar.parquet")).stream() if isinstance(item, Sample))


async def told(worker: RemoteWorker, order: Order, *, until: int) -> list[Event]:
    """The events until so many samples have ended."""
    events: list[Event] = []
    while sum(isinstance(event, SampleCompleted | SampleFailed | SampleLeft) for event in events) < until:
        events += (await worker.turn(order)).events
        order = Order(limit=order.limit)
    return events


async def test_it_commits_by_itself_and_tells_no_program_and_no_prompt(tmp_path: Path) -> None:
    async with hired(tmp_path) as worker:
        items = rows(tmp_path)
        events = await told(worker, Order(items), until=N)
        done = [event.outcome for event in events if isinstance(event, SampleCompleted)]
        calls = [event.call for event in events if isinstance(event, CallFinished)]
        assert {outcome.key for outcome in done} == {item.key for item in items}
        assert not any(outcome.record.soar_code or outcome.record.chain_of_thought for outcome in done)
        assert calls
        assert not any(call.answer or call.params for call in calls)
        assert sum(call.completion_tokens for call in calls) > 0
        assert len(pickle.dumps(events)) < 4_000 * N
    ledger = await open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", read_only=True)
    counts = await ledger.counts()
    assert (counts.completed, counts.claimed, counts.calls) == (N, 0, len(calls))
    await ledger.aclose()


async def test_what_is_done_already_is_let_go(tmp_path: Path) -> None:
    async with hired(tmp_path) as worker:
        first = rows(tmp_path)[:1]
        await told(worker, Order(first), until=1)
        [left] = await told(worker, Order(first), until=1)
        assert left == SampleLeft(first[0].key, started=False)


async def test_a_row_that_cannot_be_used_is_parked(tmp_path: Path) -> None:
    async with hired(tmp_path) as worker:
        bad = BadRow(key(1), InputError("no grid"), 7)
        events = await told(worker, Order((bad,)), until=1)
        [failed] = [event.failure for event in events if isinstance(event, SampleFailed)]
        assert (failed.key, failed.error_type) == (key(1), "InputError")


async def test_a_pause_gives_back_what_was_not_begun(tmp_path: Path) -> None:
    async with hired(tmp_path, service_s=0.05) as worker:
        items = rows(tmp_path)
        await worker.turn(Order(items, patience_s=0.01))
        report = await worker.turn(Order(limit=0, patience_s=5))
        assert set(report.returned) < {item.key for item in items}
        assert len(report.returned) >= N - 4


async def last_report(worker: RemoteWorker, order: Order) -> Report:
    report = await worker.turn(order)
    while not report.last:
        report = await worker.turn(order)
    return report


async def test_a_stop_drains_and_says_what_was_done(tmp_path: Path) -> None:
    async with hired(tmp_path, service_s=0.02) as worker:
        await worker.turn(Order(rows(tmp_path), patience_s=0.01))
        report = await last_report(worker, Order(stop="interrupted"))
        assert report.summary is not None
        assert (report.summary.reason, report.summary.left) == ("interrupted", 0)
        assert report.summary.completed <= 4


async def test_the_second_stop_leaves_all_to_the_journal(tmp_path: Path) -> None:
    async with hired(tmp_path, service_s=60) as worker:
        await worker.turn(Order(rows(tmp_path), patience_s=0.1))
        report = await last_report(worker, Order(stop="interrupted", now=True))
        assert report.summary is not None
        assert (report.summary.completed, report.summary.left) == (0, 2)


async def test_an_error_for_all_samples_travels_as_itself(tmp_path: Path) -> None:
    async with hired(tmp_path, api_key="secret") as worker:
        report = await last_report(worker, Order(rows(tmp_path)))
        assert isinstance(pickle.loads(pickle.dumps(report)).error, ModelSetupError)


async def test_a_worker_that_hears_nothing_any_more_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "ABANDONED_AFTER_S", 0.1)
    async with hired(tmp_path, service_s=60) as worker:
        report = await worker.turn(Order(rows(tmp_path), patience_s=5))
        assert len(report.returned) >= N - 4
        report = await last_report(worker, Order())
        assert report.summary is not None
        assert report.summary.reason == "abandoned"


def test_sqlite_is_refused_with_the_way_out(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["run", "--run-dir", str(tmp_path / "run"), "--executor", "ray"])
    assert isinstance(done.exception, ConfigError)
    assert "--ledger postgresql://" in str(done.exception)
    assert not (tmp_path / "run" / "ledger.db").exists()
    check_executor(RunConfig(executor="ray", ledger="postgresql://soar@db/soar"))
    check_executor(RunConfig())


def test_as_many_workers_as_fit() -> None:
    there = {"CPU": 64.0, "GPU": 4.0, "memory": 1e12}
    assert fitting({"CPU": 16.0}, there) == 4
    assert fitting({"CPU": 0.1}, there) == 640
    assert fitting({"CPU": 1.0, "GPU": 1.0}, there) == 4
    assert fitting({"CPU": 1.0, "vllm": 1.0}, there) == 0
