"""A run's rows are selected once: a restart takes the same ones, also after `compact`, and looks at nothing again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soar2cot.config import RunConfig
from soar2cot.errors import DataChangedError
from soar2cot.keyset import KeySet
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.pipeline import Stop
from soar2cot.records import SampleKey
from soar2cot.selection import SelectingStoppedError, open_data, selected
from soar2cot.soar_loader import SoarData, compact, label
from tests.loader_files import TASKS, rows, write

LOOKING = {"where": "code NOT LIKE '%# 2'"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return label(write(tmp_path / "raw.parquet", rows(6)), tmp_path / "labelled.parquet").out


def select(ledger: MemoryLedger | None, path: Path, done: Any = (), **given: Any) -> SoarData:
    config = RunConfig.model_validate({"data": str(path), "select": given})
    return asyncio.run(selected(open_data(config), config, ledger, KeySet(done)))


def keys_of(data: SoarData, done: Any = ()) -> list[SampleKey]:
    return [item.key for item in data.stream(KeySet(done))]


def looked(data: SoarData) -> bool:
    """Whether programs were looked at for it, not the note of an earlier start."""
    return "as before" not in data.selected.counts


def test_a_second_start_takes_the_same_rows_without_looking_at_them(path: Path) -> None:
    ledger = MemoryLedger()
    first, again = select(ledger, path, **LOOKING), select(ledger, path, **LOOKING)
    assert (looked(first), looked(again)) == (True, False)
    assert keys_of(again) == keys_of(first)
    assert 0 < again.n_rows < len(again.keys)


def test_another_limit_looks_at_nothing_again_another_condition_does(path: Path) -> None:
    ledger = MemoryLedger()
    whole = keys_of(select(ledger, path, **LOOKING))
    fewer = select(ledger, path, **LOOKING, per_task=2, limit=5)
    assert not looked(fewer)
    assert keys_of(fewer) == [key for key in whole if key.round_index < 2][:5]
    assert looked(select(ledger, path, **LOOKING, data_type="original"))
    assert looked(select(ledger, path, where="code NOT LIKE '%# 3'"))


def test_other_data_is_looked_at_anew(path: Path, tmp_path: Path) -> None:
    ledger = MemoryLedger()
    select(ledger, path, **LOOKING)
    assert looked(select(ledger, write(tmp_path / "other.parquet", rows(7)), **LOOKING))


def test_a_note_that_is_damaged_counts_for_nothing(path: Path) -> None:
    ledger = MemoryLedger()
    first = select(ledger, path, **LOOKING)
    (name,) = ledger._tables.meta
    asyncio.run(ledger.set_meta(name, ledger._tables.meta[name].replace("a", "b")))
    again = select(ledger, path, **LOOKING)
    assert looked(again)
    assert keys_of(again) == keys_of(first)


def test_without_a_look_into_rows_nothing_is_noted(path: Path) -> None:
    ledger = MemoryLedger()
    select(ledger, path, data_type="original", per_task=2, limit=3)
    assert not ledger._tables.meta


def test_a_plan_uses_the_note_and_leaves_none(path: Path) -> None:
    ledger = MemoryLedger()
    config = RunConfig.model_validate({"data": str(path), "select": LOOKING})
    asyncio.run(selected(open_data(config), config, ledger, KeySet(), note=False))
    assert not ledger._tables.meta
    assert looked(select(ledger, path, **LOOKING))
    assert not looked(asyncio.run(selected(open_data(config), config, ledger, KeySet(), note=False)))


def test_a_stop_ends_the_selecting_and_nothing_is_noted(path: Path) -> None:
    ledger = MemoryLedger()
    config = RunConfig.model_validate({"data": str(path), "select": {"deduplicate": True}})

    async def stopped() -> None:
        stop = Stop()
        stop.drain("interrupted")
        await selected(open_data(config), config, ledger, KeySet(), stop=stop)

    with pytest.raises(SelectingStoppedError):
        asyncio.run(stopped())
    assert not ledger._tables.meta


SELECTIONS: dict[str, dict[str, Any]] = {
    "limit": {"limit": 7},
    "per task": {"per_task": 2},
    "both": {"per_task": 3, "limit": 10},
    "limit of some rounds": {"rounds": (1, 4), "limit": 6},
    "limit of one task": {"task_ids": (TASKS[1],), "limit": 2},
    "limit of a kind": {"data_type": "hindsight", "limit": 5},
    "a condition and a limit": LOOKING | {"limit": 7},
    "duplicates": {"deduplicate": True},
    "duplicates and a limit": {"deduplicate": True, "limit": 3},
}


@pytest.mark.parametrize("name", SELECTIONS)
@pytest.mark.parametrize("part", [slice(None), slice(3), slice(1, None, 2)], ids=["all", "first", "every second"])
def test_after_compact_the_same_rows_are_selected(path: Path, name: str, part: slice) -> None:
    ledger, given = MemoryLedger(), SELECTIONS[name]
    wanted = keys_of(select(ledger, path, **given))
    done = wanted[part]
    compact(path, done)
    again = select(ledger, path, done, **given)
    assert keys_of(again, done) == [key for key in wanted if key not in done]
    assert again.remaining(KeySet(done)) == len(wanted) - len(done)


def test_after_compact_a_higher_limit_takes_so_many_more(path: Path) -> None:
    wanted = keys_of(select(None, path, limit=9))
    compact(path, wanted[:4])
    assert keys_of(select(None, path, wanted[:4], limit=9), wanted[:4]) == wanted[4:]


def test_a_task_of_which_all_is_done_and_taken_out_is_still_known(path: Path) -> None:
    done = [key for key in keys_of(select(None, path)) if key.task_id == TASKS[0]]
    compact(path, done)
    assert select(None, path, done, task_ids=(TASKS[0],)).n_rows == 0


def test_rows_that_others_finished_are_missed_as_ever(path: Path) -> None:
    done = keys_of(select(None, path))[:4]
    compact(path, done)
    with pytest.raises(DataChangedError, match="4 finished rows were taken out by `soar2cot compact`, but 1 of them"):
        select(None, path, done[:3], limit=9).remaining(KeySet(done[:3]))


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes every look be told of."""
    return lambda: monkeypatch.setattr("soar2cot.selection.SAID_EVERY_S", -1.0)


def test_how_far_it_is_is_told(path: Path, slowly: Callable[[], None]) -> None:
    import structlog

    slowly()
    with structlog.testing.capture_logs() as logs:
        select(None, path, **LOOKING)
    told = [line for line in logs if line["event"] == "Selecting rows"]
    assert told[-1] == {"event": "Selecting rows", "log_level": "info", "filter": "where", "looked_at": 24, "of": 24}
