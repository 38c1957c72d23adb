"""Reading for people: bounded, by keyset, the same rows however they are paged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from soar2cot.errors import LedgerError
from soar2cot.ledger import open_ledger
from soar2cot.ledger.browse import Browse, Reader, Row
from soar2cot.ledger.listing import Filter
from soar2cot.ledger.readers import SqliteReader, open_browse
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
    assert first.rows == () and first.next_cursor is not None and first.n_searched == 100
    assert len(await all_pages(book, Filter(words=("round 3.",)), patience_s=0)) == 5
    assert len(await all_pages(book, Filter(task_id=TASK_IDS[0]), patience_s=0)) == 250
    await book.aclose()


async def test_windows_grow_while_the_disk_is_quick_and_shrink_while_it_is_slow(tmp_path: Path) -> None:
    for step_s, windows in ((0.0, [100, 200, 250, 250, 250, 200]), (0.0225, [100, 50, 25])):
        book, reader = await counted(tmp_path / str(step_s), step_s)
        page = await book.page(Filter(words=("nothing of the kind",)), patience_s=0.1)
        assert reader.windows == windows and page.rows == () and page.n_searched == sum(windows)
        assert (page.next_cursor is None) == (step_s == 0)
        await book.aclose()


async def test_a_curve_is_drawn_from_fewer_places_where_the_disk_is_slow(tmp_path: Path) -> None:
    book, _ = await counted(tmp_path / "slow", 0.02)
    few = await book.history(patience_s=0.03)
    assert few[0][1] == 1 and few[-1][1] == 1250 and 10 <= len(few) <= 30
    gaps = [b[1] - a[1] for a, b in pairwise(few)]
    assert max(gaps) <= 1250 / 4
    assert 10 <= len(await book.score_sample(at_most=200, patience_s=0.03)) <= 30
    await book.aclose()


class Counted:
    """A reader on which every statement takes `step_s` of a clock; `windows`: how many rows a page looked through."""

    def __init__(self, reader: Reader, step_s: float) -> None:
        self._reader, self._step_s, self.now_s = reader, step_s, 0.0
        self.windows: list[int] = []
        self.dialect = reader.dialect

    async def fetch(self, sql: str, *values: object) -> Sequence[Row]:
        self.now_s += self._step_s
        rows = await self._reader.fetch(sql, *values)
        if sql.startswith("SELECT count(*), min(id)"):
            self.windows.append(rows[0][0])
        return rows

    async def aclose(self) -> None:
        await self._reader.aclose()


async def counted(folder: Path, step_s: float) -> tuple[Browse, Counted]:
    folder.mkdir()
    await fill(folder / "ledger.db", [entry(task_id, n) for n in range(250) for task_id in TASK_IDS])
    reader = Counted(SqliteReader(folder / "ledger.db"), step_s)
    return Browse(reader, clock=lambda: reader.now_s), reader


async def test_the_overview_of_a_ledger(tmp_path: Path) -> None:
    book = await browse(tmp_path)
    (run,) = await book.runs()
    assert (run.completed, run.perfect, run.reason) == (150, 30, "done") and run.score_sum == pytest.approx(75)
    history = await book.history(points=10, patience_s=10)
    assert history[0][1] == 1 and history[-1][1] == 150
    assert sorted(set(await book.score_sample())) == [0, 0.25, 0.5, 0.75, 1]
    assert 15 <= len(await book.score_sample(at_most=20, patience_s=10)) <= 20
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
