"""The reading side gives the same answers on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from soar2cot.display.overview import overview
from soar2cot.ledger.browse import Browse
from soar2cot.ledger.listing import Filter
from soar2cot.ledger.readers import open_browse
from soar2cot.records import SampleKey
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
            Filter(task_id=TASK_IDS[1], min_score=1, words=("ROUND",), rounds=(0, 49), engine="symbolic")
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
