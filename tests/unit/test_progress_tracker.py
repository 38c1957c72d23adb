"""`ProgressTracker` by itself, as its users know it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from soar2cot import faults, progress_keeper, progress_tracker
from soar2cot.errors import InputError, StorageError
from soar2cot.progress_keeper import kept_alone
from soar2cot.progress_tracker import ProgressTracker


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "progress.json"


def test_starts_empty_and_writes_nothing(path: Path) -> None:
    assert ProgressTracker(path).get_completed_set() == set()
    assert not path.exists()


def test_what_was_added_is_there_for_the_next(path: Path) -> None:
    tracker = ProgressTracker(path)
    tracker.add_completed("007bbfb7", 0, "original")
    tracker.add_completed("00d62c1b", 0, "original")
    assert ProgressTracker(path).get_completed_set() == {("007bbfb7", 0, "original"), ("00d62c1b", 0, "original")}
    assert json.loads(path.read_text())["total_completed"] == 2


def test_adding_twice_changes_nothing(path: Path) -> None:
    tracker = ProgressTracker(path)
    tracker.add_completed("a", 0, "original")
    before = path.stat().st_mtime_ns
    tracker.add_completed("a", 0, "original")
    assert path.stat().st_mtime_ns == before
    assert tracker.get_stats()["total_completed"] == 1


def test_round_and_kind_make_another_sample(path: Path) -> None:
    tracker = ProgressTracker(path)
    for key in (("a", 0, "original"), ("a", 0, "hindsight"), ("a", 1, "original")):
        tracker.add_completed(*key)
    assert tracker.get_stats()["total_completed"] == 3


def test_parquet_updates_are_counted(path: Path) -> None:
    tracker = ProgressTracker(path)
    for n in range(3):
        tracker.add_completed("a", n, "original")
    assert tracker.should_update_parquet(interval=3)
    assert not tracker.should_update_parquet(interval=4)
    tracker.mark_parquet_updated()
    assert ProgressTracker(path).get_stats() == {
        "total_completed": 3,
        "since_last_parquet_update": 0,
        "last_saved_to_parquet": 3,
    }


def test_many_entries_are_durable_without_rewriting_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_tracker, "CHEAP_UP_TO", 2)
    tracker = ProgressTracker(path)
    for n in range(5):
        tracker.add_completed("a", n, "original")
    assert json.loads(path.read_text())["total_completed"] == 2
    assert ProgressTracker(path).get_stats()["total_completed"] == 5
    tracker.save()
    assert json.loads(path.read_text())["total_completed"] == 5


def test_a_torn_last_line_of_the_log_is_no_sample(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_tracker, "CHEAP_UP_TO", 1)
    tracker = ProgressTracker(path)
    for n in range(3):
        tracker.add_completed("a", n, "original")
    pending = path.with_name("progress.json.pending")
    pending.write_bytes(pending.read_bytes() + b'["a",7,"orig')
    again = ProgressTracker(path)
    assert again.get_stats()["total_completed"] == 3
    again.add_completed("a", 3, "original")
    assert ProgressTracker(path).get_completed_set() == {("a", n, "original") for n in range(4)}


def test_the_log_is_read_once_however_many_entries_follow(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_tracker, "CHEAP_UP_TO", 1)
    first, second = ProgressTracker(path), ProgressTracker(path)
    n_lines, loads = 0, orjson.loads

    def counted(line: bytes) -> Any:
        nonlocal n_lines
        n_lines += 1
        return loads(line)

    monkeypatch.setattr(orjson, "loads", counted)
    for n in range(40):
        (first if n % 2 else second).add_completed("a", n, "original")
    assert n_lines <= 2 * 40, "each tracker reads each line once"


def test_deleting_the_file_starts_all_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_tracker, "CHEAP_UP_TO", 1)
    tracker = ProgressTracker(path)
    for n in range(3):
        tracker.add_completed("a", n, "original")
    path.unlink()
    assert ProgressTracker(path).get_completed_set() == set()


def test_a_full_disk_tears_nothing(path: Path) -> None:
    tracker = ProgressTracker(path)
    tracker.add_completed("a", 0, "original")
    before = path.read_bytes()
    faults.arm("atomic.before_rename", "full")
    with pytest.raises(StorageError, match="No space left on device; nothing is lost"):
        tracker.add_completed("a", 1, "original")
    assert path.read_bytes() == before
    tracker.save()
    assert json.loads(path.read_text())["total_completed"] == 2
    assert sorted(item.name for item in path.parent.iterdir()) == [".progress.json.lock", "progress.json"]


@pytest.mark.parametrize("at_once", [100, 0])
def test_two_trackers_on_one_file_lose_nothing(path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(progress_tracker, "CHEAP_UP_TO", at_once)
    first, second = ProgressTracker(path), ProgressTracker(path)
    first.add_completed("a", 0, "original")
    second.add_completed("b", 0, "original")
    first.add_completed("c", 0, "original")
    second.save()
    first.mark_parquet_updated()
    keys = {("a", 0, "original"), ("b", 0, "original"), ("c", 0, "original")}
    assert ProgressTracker(path).get_completed_set() == second.get_completed_set() == keys
    assert json.loads(path.read_text())["total_completed"] == json.loads(path.read_text())["last_saved_to_parquet"] == 3


def test_a_tracker_does_not_write_over_the_file_of_a_run(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tracker = ProgressTracker(path)
    monkeypatch.setattr(progress_keeper, "PATIENCE_S", 0.0)
    with kept_alone(path), pytest.raises(StorageError, match="is kept by a run that goes on"):
        tracker.add_completed("a", 0, "original")
    tracker.add_completed("a", 0, "original")
    assert len(ProgressTracker(path).get_completed_set()) == 1


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (("", 0, "original"), "task_id"),
        ((5, 0, "original"), "task_id"),
        (("a", -1, "original"), "round_index"),
        (("a", 1 << 31, "original"), "round_index"),
        (("a", 10**20, "original"), "round_index"),
        (("a", "0", "original"), "round_index"),
        (("a", 0.0, "original"), "round_index"),
        (("a", 0, "other"), "data_type"),
        (("a", 0, None), "data_type"),
    ],
)
def test_what_is_no_sample_is_noted_nowhere(path: Path, key: Any, problem: str) -> None:
    tracker = ProgressTracker(path)
    with pytest.raises(InputError, match=f"is no sample: .*{problem}.*nothing was noted"):
        tracker.add_completed(*key)
    assert not path.exists() and tracker.get_stats()["total_completed"] == 0


def test_numbers_and_texts_of_numpy_are_numbers_and_texts(path: Path) -> None:
    ProgressTracker(path).add_completed(np.str_("a"), np.int32(3), np.str_("hindsight"))  # type: ignore[arg-type]
    assert ProgressTracker(path).get_completed_set() == {("a", 3, "hindsight")}
