"""`ProgressTracker` by itself, as its users know it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from soar2cot import faults, progress_tracker
from soar2cot.errors import StorageError
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
    assert ProgressTracker(path).get_stats()["total_completed"] == 3


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
    assert [item.name for item in path.parent.iterdir()] == ["progress.json"]
