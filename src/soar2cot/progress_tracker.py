"""`ProgressTracker`: which samples are done, in progress.json; by itself, or as the face of the ledger.

    {"completed": [{"task_id": "007bbfb7", "round_index": 0, "data_type": "original"}, …],
     "total_completed": 2, "last_saved_to_parquet": 0}

With a ledger, the ledger is the truth: `compare` finds what was edited by hand since it was last written,
`apply_edits` makes the ledger follow, `ProgressWriter` keeps the file up to date. By itself, the file and a
small log beside it are the truth.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import structlog

from soar2cot import atomic, faults
from soar2cot.errors import StorageError
from soar2cot.keyset import KeySet, Packed, TaskTable
from soar2cot.ledger.base import Ledger
from soar2cot.progress_file import read_progress, render_progress
from soar2cot.records import SampleKey

CHEAP_UP_TO = 20_000  # entries up to which the file is replaced after every completion (about 1.6 MB)
TIME_SHARE = 0.02  # of the run's time that writing the file may take beyond that

log = structlog.get_logger()


class ProgressTracker:
    """The completed samples of one progress file.

    Args:   progress_path: the file; it need not exist yet.
    Raises: ProgressFileError: the file cannot be used; it is left as it is.
    Crash:  the file is whole at every instant; every `add_completed` that returned is found again.
    """

    def __init__(self, progress_path: Path | str, *, tasks: TaskTable | None = None) -> None:
        self.path = Path(progress_path)
        self._pending = self.path.with_name(self.path.name + ".pending")
        self.keys = KeySet(tasks=tasks)
        self.last_saved_to_parquet = 0
        self.total_claimed: int | None = None
        self.exists = self._load()

    @classmethod
    def empty(cls, progress_path: Path) -> ProgressTracker:
        """A tracker that does not look at what stands in the file: it will be written anew."""
        tracker = cls.__new__(cls)
        tracker.path = progress_path
        tracker._pending = progress_path.with_name(progress_path.name + ".pending")
        tracker.keys, tracker.last_saved_to_parquet = KeySet(), 0
        tracker.total_claimed, tracker.exists = None, False
        return tracker

    def get_completed_set(self) -> set[tuple[str, int, str]]:
        """All completed (task_id, round_index, data_type); a Python set of its own, for small numbers."""
        return {(key.task_id, key.round_index, key.data_type) for key in self.keys}

    def add_completed(self, task_id: str, round_index: int, data_type: str) -> None:
        """Notes a completed sample, durably on return; a second time changes nothing."""
        key = SampleKey(task_id, round_index, data_type)
        if self.keys.add(key):
            self._keep(key)
            log.debug("Sample marked as completed", **key._asdict())

    def save(self) -> None:
        """Replaces the file by what is known, atomically and durably.

        Raises: StorageError: the disk is full or read-only; the file is as it was.
        """
        try:
            atomic.write_bytes(self.path, *render_progress(self.keys, last_saved_to_parquet=self.last_saved_to_parquet))
            self._pending.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                f"{self.path} could not be written: {error.strerror}; nothing is lost, the old file is whole. "
                "Make room or give write permission, then run the same command again"
            ) from error
        self.exists = True

    def get_stats(self) -> dict[str, int]:
        """`total_completed`, `since_last_parquet_update`, `last_saved_to_parquet`."""
        return {
            "total_completed": len(self.keys),
            "since_last_parquet_update": len(self.keys) - self.last_saved_to_parquet,
            "last_saved_to_parquet": self.last_saved_to_parquet,
        }

    def should_update_parquet(self, interval: int = 5000) -> bool:
        """Whether `interval` samples were completed since the data file was last compacted."""
        return self.get_stats()["since_last_parquet_update"] >= interval

    def mark_parquet_updated(self) -> None:
        """Notes that the data file was compacted now; durable on return."""
        self.last_saved_to_parquet = len(self.keys)
        self.save()

    def _load(self) -> bool:
        found = read_progress(self.path, tasks=self.keys.tasks)
        if found is None:
            self._pending.unlink(missing_ok=True)
            log.info("No progress file found, starting fresh")
            return False
        self.keys, self.last_saved_to_parquet = found.keys, found.last_saved_to_parquet
        self.total_claimed = found.total_completed
        if found.duplicates:
            log.warning("Entries that stand more than once count once", file=str(self.path), entries=found.duplicates)
        self._load_pending()
        return True

    def _load_pending(self) -> None:
        """Takes up what was added since the file was last replaced; a last line that was torn never returned."""
        lines = self._pending.read_bytes().split(b"\n")[:-1] if self._pending.exists() else []
        for line in lines:
            self.keys.add(SampleKey(*orjson.loads(line)))

    def _keep(self, key: SampleKey) -> None:
        if len(self.keys) <= CHEAP_UP_TO:
            self.save()
            return
        with self._pending.open("ab") as file:
            file.write(orjson.dumps(list(key)) + b"\n")
            file.flush()
            os.fsync(file.fileno())


# --- the face of the ledger


@dataclass(frozen=True, slots=True)
class Edits:
    """How progress.json differs from the ledger by somebody's hand. What a crash left behind is no edit.

    `removed`: samples to be done again. `added`: samples to be skipped, no result is known of them.
    """

    removed: list[SampleKey]
    added: list[SampleKey]
    file_deleted: bool

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)


async def compare(tracker: ProgressTracker, ledger: Ledger) -> Edits:
    """Finds the edits; changes nothing but the tracker, which knows the ledger's keys afterwards.

    An entry was removed by hand if the ledger knows that the file showed it (`Ledger.shown`), or the file's own
    `total_completed` says so, and it is not there. Completions that were never shown are what a crash left.
    """
    file_keys, tasks = tracker.keys.packed, tracker.keys.tasks
    done = KeySet((await ledger.completed()).keys, tasks=tasks)
    shown_cursor = await ledger.shown()
    unshown = KeySet((await ledger.completed(shown_cursor)).keys, tasks=tasks).packed
    shown = _without(done.packed, unshown)
    if not tracker.exists:
        removed = done.packed if len(shown) else shown
    else:
        removed = _without(np.union1d(shown, _claimed(tracker, done)), file_keys)
    added = _without(file_keys, done.packed)
    edits = Edits(
        removed=done.unpack(done.packed[np.isin(done.packed, removed)]),
        added=done.unpack(added),
        file_deleted=not tracker.exists and len(removed) > 0,
    )
    tracker.keys = done
    return edits


def _without(keys: Packed, others: Packed) -> Packed:
    return keys[~np.isin(keys, others)]


def _claimed(tracker: ProgressTracker, done: KeySet) -> Packed:
    """The keys that the file held when it was written: it counts them, and a hand edit seldom mends the count."""
    claimed = tracker.total_claimed or 0
    return done.packed[:claimed] if len(tracker.keys) < claimed <= len(done) else done.packed[:0]


async def apply_edits(edits: Edits, tracker: ProgressTracker, ledger: Ledger, *, run_id: str) -> None:
    """Makes the ledger follow the edits and writes the file anew.

    Crash: before the file is new, the same edits are found again and applied again, to the same effect.
    """
    if edits.added:
        await ledger.adopt(edits.added, run_id=run_id)
        log.info("Entries added to progress.json by hand will be skipped", entries=len(edits.added))
    if edits.removed:
        await ledger.forget(edits.removed, reason="removed from progress.json")
        log.info(
            "Entries removed from progress.json by hand will be done again; "
            "`soar2cot progress restore` brings the old results back",
            entries=len(edits.removed),
        )
    faults.point("progress.reconciled")
    await ProgressWriter(tracker, ledger).rewrite()


class ProgressWriter:
    """Keeps progress.json up to date while a run goes on: run it as a task, tell it of completions.

    Up to CHEAP_UP_TO entries the file is replaced after every completion (several at once share one), later as
    often as costs TIME_SHARE of the time.
    """

    def __init__(self, tracker: ProgressTracker, ledger: Ledger) -> None:
        self._tracker = tracker
        self._ledger = ledger
        self._cursor = 0
        self._told = asyncio.Event()
        self._waiting: dict[SampleKey, asyncio.Future[None]] = {}

    def tell(self) -> None:
        """Something was completed."""
        self._told.set()

    async def shows(self, key: SampleKey) -> None:
        """Waits until the file shows `key`, where the file is kept up to date after every completion."""
        self.tell()
        if len(self._tracker.keys) <= CHEAP_UP_TO:
            self._waiting[key] = asyncio.get_running_loop().create_future()
            await self._waiting[key]

    async def keep(self) -> None:
        """Replaces the file whenever it is due, until cancelled."""
        while True:
            await self._told.wait()
            self._told.clear()
            seconds = await self.save()
            if len(self._tracker.keys) > CHEAP_UP_TO:
                await asyncio.sleep(seconds / TIME_SHARE)

    async def save(self) -> float:
        """Brings the file up to the ledger's state; gives the seconds that writing took."""
        page = await self._ledger.completed(self._cursor)
        fresh = [key for key in page.keys if self._tracker.keys.add(key)]
        faults.point("progress.before_save")
        seconds = await asyncio.to_thread(self._timed_save) if fresh or not self._tracker.exists else 0.0
        faults.point("progress.after_save")
        await self._ledger.mark_shown(page.cursor)
        self._cursor = page.cursor
        self._release()
        return seconds

    async def rewrite(self) -> None:
        """Writes the file from the ledger alone."""
        page = await self._ledger.completed()
        self._tracker.keys = KeySet(page.keys, tasks=self._tracker.keys.tasks)
        await asyncio.to_thread(self._tracker.save)
        await self._ledger.mark_shown(page.cursor)
        self._cursor = page.cursor

    def _release(self) -> None:
        """Lets those go on whose key the file shows now."""
        for key in [key for key in self._waiting if key in self._tracker.keys]:
            waiter = self._waiting.pop(key)
            if not waiter.done():
                waiter.set_result(None)

    def _timed_save(self) -> float:
        started = time.perf_counter()
        self._tracker.save()
        return time.perf_counter() - started
