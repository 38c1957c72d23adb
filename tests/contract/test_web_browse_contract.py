"""The reading side gives the same answers on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from soar2cot.display.overview import overview
from soar2cot.ledger import open_ledger
from soar2cot.ledger.browse import Browse, Spent
from soar2cot.ledger.listing import Filter
from soar2cot.ledger.readers import open_browse
from soar2cot.records import SampleKey
from tests.ledger_kit import RUN, answered, call, key, outcome
from tests.unit.export_samples import TASK_IDS, entry, fill_url

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@asynccontextmanager
async def browsing(kind: str, folder: Path) -> AsyncIterator[Browse]:
    """A ledger of 500 results and one parked sample, to be read."""
    entries = [
        entry(task_id, n, score=(n % 5) / 4, text=f"Take round {n}.") for n in range(100) for task_id in TASK_IDS
    ]
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'ledger.db'}"
        await fill_url(url, entries, n_failed=1)
        book = await open_browse(url)
        yield book
        await book.aclose()
        return
    from tests.postgres_server import fresh_database

    async with fresh_database() as (url, _):
        await fill_url(url, entries, n_failed=1)
        book = await open_browse(url)
        yield book
        await book.aclose()


@pytest.mark.parametrize("kind", KINDS)
async def test_every_question_has_the_same_answer(kind: str, tmp_path: Path) -> None:
    async with browsing(kind, tmp_path) as book:
        keys: list[SampleKey] = []
        cursor = None
        while True:
            page = await book.page(Filter(), before=cursor, limit=170)
            keys += [row.key for row in page.rows]
            assert all(row.created_at.endswith("Z") and len(row.created_at) == 20 for row in page.rows)
            if (cursor := page.next_cursor) is None:
                break
        assert keys == [
            SampleKey(task, n, "original") for n in range(99, -1, -1) for task in sorted(TASK_IDS, reverse=True)
        ]
        one = await book.page(
            Filter(task_id=TASK_IDS[1], min_score=1, words=("ROUND",), rounds=(0, 49), engine="symbolic"),
            patience_s=60,
        )
        assert [row.key.round_index for row in one.rows] == list(range(49, 0, -5))
        (run,) = await book.runs()
        assert (run.completed, run.perfect, run.score_sum, run.reason) == (500, 100, 250, "done")
        assert run.started_at.endswith("Z") and run.finished_at is not None
        history = await book.history(points=9, patience_s=10)
        assert history[0][1] == 1 and [n for _, n in history] == sorted(n for _, n in history)
        assert history[-1][1] >= (500 if kind == "sqlite" else 1) and history[-1][1] <= 500
        assert len(await book.score_sample(at_most=1_000)) == 500
        sampled = await book.score_sample(at_most=100, patience_s=10)
        assert len(sampled) > 80 and sum(sampled) / len(sampled) == pytest.approx(0.5, abs=0.1)
        assert (await book.completed_since(0))[0] == 500 and await book.models() == ["symbolic"]
        ((key, attempts, reason, _, _),) = await book.failures()
        assert (key.round_index, attempts, reason) == (1000, 1, "ProgramError")
        assert await book.failures(key) == [] and await book.failures_by_reason() == {"ProgramError": 1}
        before, after = await book.neighbours(SampleKey(sorted(TASK_IDS)[0], 5, "original"))
        assert before == SampleKey(sorted(TASK_IDS)[-1], 4, "original") and after is not None
        assert await book.versions(keys[0]) == [] and await book.meta("nothing") is None
        state = await overview(book, now=lambda: 2e9)
        assert (state.state, state.completed, state.failed) == ("stopped", 500, 1)


@asynccontextmanager
async def empty(kind: str, folder: Path) -> AsyncIterator[str]:
    """The address of a ledger that nobody has opened yet."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'ledger.db'}"
        return
    from tests.postgres_server import fresh_database

    async with fresh_database() as (url, _):
        yield url


async def ask(url: str, *numbers: int, unanswered: int | None = None, redo: bool = False, day: int = 1) -> None:
    """One run of its own process: an answered call (15 tokens, $0.25) for each sample, one more without an answer."""
    book = await open_ledger(url)
    run_id = await book.start_run(**RUN)
    if redo:
        await book.forget([key(n) for n in numbers], reason="redo")
    for n in numbers:
        [claim] = await book.claim([key(n)], run_id=run_id, lease_s=60)
        asked = replace(call(claim.key, n), sent_at=f"2026-01-{day:02d}T00:00:00.250+00:00")
        await book.intend(asked, claim=claim)
        await book.answer(answered(asked))
        if n == unanswered:
            await book.intend(replace(asked, id="another"), claim=claim)
        await book.commit(claim, outcome(claim.key), run_id=run_id)
    await book.finish_run(run_id, reason="done")
    await book.aclose()


async def paid(url: str) -> tuple[list[tuple[int, int, int, float]], Spent]:
    """(completed, calls, tokens, US dollars) of every run, and what was spent in all."""
    book = await open_browse(url)
    runs, spent = await book.runs(), await book.spent()
    await book.aclose()
    return [(run.completed, run.calls, run.tokens, run.cost_usd) for run in runs], spent


async def execute(url: str, *statements: str) -> None:
    """Writes past the ledger."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as file:
            for statement in statements:
                file.execute(statement)
        return
    import asyncpg

    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_every_run_has_the_calls_that_it_paid_for(kind: str, tmp_path: Path) -> None:
    async with empty(kind, tmp_path) as url:
        await ask(url, 1, 2, unanswered=2)
        await ask(url, 3)
        assert await paid(url) == ([(2, 3, 30, 0.5), (1, 1, 15, 0.25)], Spent(4, 45, 0.75, cached_share=12 / 30))


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_paid_for_a_superseded_result_stays_with_its_run(kind: str, tmp_path: Path) -> None:
    async with empty(kind, tmp_path) as url:
        await ask(url, 1, 2)
        await ask(url, 1, redo=True)
        runs, spent = await paid(url)
        assert runs == [(1, 2, 30, 0.5), (1, 1, 15, 0.25)]
        assert (spent.calls, spent.tokens, spent.cost_usd) == (2, 45, 0.75)  # one call stands in history


@pytest.mark.parametrize("kind", KINDS)
async def test_mended_sums_give_every_run_its_calls_again(kind: str, tmp_path: Path) -> None:
    async with empty(kind, tmp_path) as url:
        await ask(url, 1, 2, unanswered=2)
        await ask(url, 1, redo=True, day=2)
        before = await paid(url)
        await execute(
            url,
            *(f"UPDATE runs SET started_at = '2026-01-0{n}T00:00:00Z' WHERE run_id = 'run-{n}'" for n in (1, 2)),
            "UPDATE totals SET calls = 7, spent_tokens = 8, spent_nano_usd = 9",
        )
        assert await paid(url) != before
        book = await open_ledger(url)
        found = await book.check(mend=True)
        assert found and all(item.mended for item in found) and await book.check() == []
        await book.aclose()
        assert await paid(url) == before
