"""Reading for people: bounded, by keyset, the same rows however they are paged."""

from __future__ import annotations

from pathlib import Path

import pytest

from soar2cot.errors import LedgerError
from soar2cot.ledger import open_ledger
from soar2cot.ledger.browse import Browse, Filter
from soar2cot.ledger.readers import open_browse
from soar2cot.records import SampleKey
from tests.unit.export_samples import TASK_IDS, entry, fill


async def browse(tmp_path: Path, n_rounds: int = 30) -> Browse:
    entries = [
        entry(task_id, n, score=(n % 5) / 4, text=f"Take 100% of round {n}.")
        for n in range(n_rounds)
        for task_id in TASK_IDS
    ]
    return await open_browse(await fill(tmp_path / "ledger.db", entries))


async def all_pages(book: Browse, wanted: Filter, *, limit: int = 7, patience_s: float = 10) -> list[SampleKey]:
    keys: list[SampleKey] = []
    cursor = None
    while True:
        page = await book.page(wanted, before=cursor, limit=limit, patience_s=patience_s)
        keys += [row.key for row in page.rows]
        if page.next_cursor is None:
            return keys
        cursor = page.next_cursor


async def test_pages_hold_every_result_once_the_newest_first(tmp_path: Path) -> None:
    book = await browse(tmp_path)
    keys = await all_pages(book, Filter())
    assert len(keys) == len(set(keys)) == 150 and keys[0].round_index == 29 and keys[-1].round_index == 0
    await book.aclose()


@pytest.mark.parametrize(
    ("wanted", "n"),
    [
        (Filter(task_id=TASK_IDS[2]), 30),
        (Filter(task_id=TASK_IDS[2], min_score=0.5), 18),
        (Filter(rounds=(3, 4)), 10),
        (Filter(min_score=1.0), 30),
        (Filter(max_score=0.25, data_type="original"), 60),
        (Filter(data_type="hindsight"), 0),
        (Filter(model="symbolic", engine="symbolic"), 150),
        (Filter(engine="llm"), 0),
        (Filter(source_model="Qwen2.5-Coder-7B-Instruct"), 150),
        (Filter(words=("TAKE", "round 7.")), 5),
        (Filter(words=("100% of",)), 150),
        (Filter(words=("1%0",)), 0),
        (Filter(words=("'; DROP TABLE instructions; --",)), 0),
        (Filter(task_id="' OR 1=1"), 0),
    ],
)
async def test_filters(wanted: Filter, n: int, tmp_path: Path) -> None:
    book = await browse(tmp_path)
    keys = await all_pages(book, wanted)
    assert len(keys) == len(set(keys)) == n
    await book.aclose()


async def test_a_search_that_takes_too_long_stops_and_goes_on_where_it_was(tmp_path: Path) -> None:
    book = await browse(tmp_path, 250)
    first = await book.page(Filter(words=("round 3.",)), patience_s=0)
    assert first.rows == () and first.next_cursor is not None and first.n_searched == 500
    assert len(await all_pages(book, Filter(words=("round 3.",)), patience_s=0)) == 5
    assert len(await all_pages(book, Filter(task_id=TASK_IDS[0]), patience_s=0)) == 250
    await book.aclose()


async def test_the_overview_of_a_ledger(tmp_path: Path) -> None:
    book = await browse(tmp_path)
    (run,) = await book.runs()
    assert (run.completed, run.perfect, run.reason) == (150, 30, "done") and run.score_sum == pytest.approx(75)
    history = await book.history(points=10)
    assert history[0][1] == 1 and history[-1][1] == 150
    assert sorted(set(await book.score_sample())) == [0, 0.25, 0.5, 0.75, 1]
    assert 15 <= len(await book.score_sample(at_most=20)) <= 20
    assert await book.models() == ["symbolic"] and (await book.completed_since(0))[0] == 150
    await book.aclose()


async def test_neighbours_go_by_round_and_task(tmp_path: Path) -> None:
    book = await browse(tmp_path, 2)
    order = sorted(TASK_IDS)
    before, after = await book.neighbours(SampleKey(order[-1], 0, "original"))
    assert before == SampleKey(order[-2], 0, "original") and after == SampleKey(order[0], 1, "original")
    assert (await book.neighbours(SampleKey(order[0], 0, "original")))[0] is None
    await book.aclose()


async def test_an_empty_ledger_has_empty_pages(tmp_path: Path) -> None:
    book = await open_browse(await fill(tmp_path / "ledger.db", []))
    assert (await book.page(Filter())).rows == () and (await book.page(Filter(task_id="x"))).rows == ()
    assert await book.history() == [] and await book.score_sample() == [] and await book.failures() == []
    await book.aclose()


async def test_a_reader_cannot_write_and_a_missing_ledger_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is none"):
        await open_browse(f"sqlite:///{tmp_path / 'none.db'}")
    book = await browse(tmp_path, 1)
    with pytest.raises(LedgerError, match="readonly"):
        await book._reader.fetch("DELETE FROM instructions")
    await book.aclose()
    assert not (tmp_path / "none.db").exists()


async def test_a_record_read_back_says_when_it_was_made(tmp_path: Path) -> None:
    book = await open_ledger(await fill(tmp_path / "ledger.db", [entry(TASK_IDS[0])]), read_only=True)
    outcome = await book.record(SampleKey(TASK_IDS[0], 0, "original"))
    assert outcome is not None and outcome.record.created_at.startswith("20") and outcome.record.created_at[-1] == "Z"
    assert [record.created_at for record, _ in [item async for item in book.records()]] == [outcome.record.created_at]
    await book.aclose()
