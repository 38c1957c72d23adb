"""`ProgressTracker`: which samples are done, in progress.json; by itself, or as the face of the ledger.

    {"completed": [{"task_id": "007bbfb7", "round_index": 0, "data_type": "original"}, …],
     "total_completed": 2, "last_saved_to_parquet": 0}

With a ledger, the ledger is the truth: `open_face` finds what was edited by hand since the file was last written,
`Face.apply_edits` makes the ledger follow, `ProgressWriter` keeps the file up to date. By itself, the file and a
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
from soar2cot.done_keys import known_keys, note_keys
from soar2cot.key_columns import KeyColumns
from soar2cot.keyset import KeySet, Packed, TaskTable
from soar2cot.ledger.base import Ledger
from soar2cot.progress_file import EntryTexts, checked_key, read_progress, render_progress
from soar2cot.progress_keeper import held
from soar2cot.records import SampleKey

CHEAP_UP_TO = 20_000  # entries up to which the file is replaced after every completion (about 1.6 MB)
BUSY_SHARE = 0.06  # of the time that the writer is at it until then: what waits meanwhile shares a replacement
LONGEST_REST_S = 1.0  # between two replacements until then, however slow the disk
TIME_SHARE = 0.02  # of the run's time that writing the file may take beyond that

ADOPTED_AT_ONCE = 50_000  # entries added by hand that go into one transaction

_SEAL = "progress.json as last written"

log = structlog.get_logger()


class ProgressTracker:
    """The completed samples of one progress file.

    Several may work on one file: what the others added is taken up with every write.

    Args:   progress_path: the file; it need not exist yet.
    Raises: ProgressFileError: the file cannot be used; it is left as it is.
    Crash:  the file is whole at every instant; every `add_completed` that returned is found again.
    """

    def __init__(self, progress_path: Path | str = "progress.json", *, tasks: TaskTable | None = None) -> None:
        self.path = Path(progress_path)
        self._pending = self.path.with_name(self.path.name + ".pending")
        self.keys = KeySet(tasks=tasks)
        self._texts = EntryTexts()
        self.last_saved_to_parquet = 0
        self.total_claimed: int | None = None
        self.is_tidy = True
        self._seen: list[int] = []  # the file as it was last read or written here
        self._pending_read = 0  # bytes of the log beside it that were taken up
        self.exists = self._load()

    @classmethod
    def empty(cls, progress_path: Path) -> ProgressTracker:
        """A tracker that does not look at what stands in the file: it will be written anew."""
        tracker = cls.__new__(cls)
        tracker.path = progress_path
        tracker._pending = progress_path.with_name(progress_path.name + ".pending")
        tracker.keys, tracker._texts, tracker.last_saved_to_parquet = KeySet(), EntryTexts(), 0
        tracker.total_claimed, tracker.is_tidy, tracker.exists = None, True, False
        tracker._seen, tracker._pending_read = [], 0
        return tracker

    def get_completed_set(self) -> set[tuple[str, int, str]]:
        """All completed (task_id, round_index, data_type); a Python set of its own, for small numbers."""
        return {(key.task_id, key.round_index, key.data_type) for key in self.keys}

    def add_completed(self, task_id: str, round_index: int, data_type: str) -> None:
        """Notes a completed sample, durably on return; a second time changes nothing.

        Raises: InputError: this is no key of a sample; nothing was noted. StorageError: as `save`.
        """
        key = checked_key(task_id, round_index, data_type)
        if key not in self.keys:
            with held(self.path):
                self._take_up_others()
                self.keys.add(key)
                self._keep(key)
            log.debug("Sample marked as completed", **key._asdict())

    def save(self) -> None:
        """Replaces the file by what is known here or was added by others meanwhile, atomically and durably.

        Raises: StorageError: the disk is full or read-only, or a run keeps the file; the file is as it was.
        """
        with held(self.path):
            self._take_up_others()
            self.write()

    def write(self) -> None:
        """As `save`, for whoever keeps the file alone: whatever stands in it is replaced."""
        told = self.last_saved_to_parquet
        atomic.write_bytes(self.path, *render_progress(self.keys, last_saved_to_parquet=told, known=self._texts))
        with atomic.explaining(self.path):
            self._pending.unlink(missing_ok=True)
        self.exists, self._seen, self._pending_read = True, stat_of(self.path), 0

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
        with held(self.path):
            self._take_up_others()
            self.last_saved_to_parquet = len(self.keys)
            self.write()

    def _load(self) -> bool:
        seen, found = stat_of(self.path), read_progress(self.path, tasks=self.keys.tasks)
        if found is None:
            self._pending.unlink(missing_ok=True)
            log.info("No progress file found, starting fresh")
            return False
        self.keys, self.last_saved_to_parquet, self._seen = found.keys, found.last_saved_to_parquet, seen
        self.total_claimed = found.total_completed
        self.is_tidy = not found.duplicates and found.total_completed == len(found.keys)
        if found.duplicates:
            log.warning("Entries that stand more than once count once", file=str(self.path), entries=found.duplicates)
        self._load_pending()
        return True

    def _take_up_others(self) -> None:
        """Adds what others have put into the file since it was last looked at; what was edited out of it stays here."""
        if stat_of(self.path) != self._seen:
            found = read_progress(self.path, tasks=self.keys.tasks)
            self.keys.extend(*([found.keys.columns()] if found else []))
            self._seen, self._pending_read = stat_of(self.path), 0  # whoever replaces the file begins its log anew
        self._load_pending()

    def _load_pending(self) -> None:
        """Takes up what was added to the log since it was last looked at; a last line that was torn never returned."""
        if not self._pending.exists():
            return
        with self._pending.open("rb") as file:
            file.seek(self._pending_read)
            whole, end, _ = file.read().rpartition(b"\n")
        self._pending_read += len(whole + end)
        for line in filter(None, whole.split(b"\n")):
            self.keys.add(SampleKey(*orjson.loads(line)))

    def _keep(self, key: SampleKey) -> None:
        if len(self.keys) <= CHEAP_UP_TO:
            self.write()
            return
        with self._pending.open("ab") as file:
            file.truncate(self._pending_read)  # a last line that was torn
            file.write(orjson.dumps(list(key)) + b"\n")
            file.flush()
            os.fsync(file.fileno())


# --- the face of the ledger


@dataclass(frozen=True, slots=True)
class Edits:
    """How progress.json differs from the ledger by somebody's hand. What a crash left behind is no edit.

    `removed`: samples to be done again. `added`: samples to be skipped, no result is known of them.
    """

    removed: KeyColumns
    added: KeyColumns
    file_deleted: bool = False

    def __bool__(self) -> bool:
        return bool(len(self.removed) or len(self.added))


NO_EDITS = Edits(KeyColumns.empty(), KeyColumns.empty())


@dataclass
class Face:
    """progress.json as the face of a ledger: what it shows (`tracker`), and how far that is (`cursor`).

    `stale`: the file does not show all that is done. `edits` are those found when it was opened, `stats` what the file
    said then. `kept`: this process keeps the file; another run directory on the same ledger does not. `noted`: the keys
    stand in the ledger's note already.
    """

    tracker: ProgressTracker
    ledger: Ledger
    cursor: int
    edits: Edits
    stale: bool
    stats: dict[str, int]
    kept: bool = True
    noted: bool = True

    async def apply_edits(self, *, run_id: str) -> None:
        """Makes the ledger follow the edits, and the file the ledger.

        Without edits, a file of many entries that is only behind is left to the run's `ProgressWriter`: writing it
        takes longer than the rest of a start.

        Crash: before the file is new, the same edits are found again and applied again, to the same effect.
        """
        await self._adopt(self.edits.added, run_id)
        if len(self.edits.removed):
            await self.ledger.forget(list(self.edits.removed), reason="removed from progress.json")
            log.info(
                "Entries removed from progress.json by hand will be done again; "
                "`soar2cot progress restore` brings the old results back",
                entries=len(self.edits.removed),
            )
        faults.point("progress.reconciled")
        if self.edits:
            await self.rewrite()
        elif self.stale and self.kept and len(self.tracker.keys) <= CHEAP_UP_TO:
            await self.write()
        elif self.kept and not self.noted:
            await note_keys(self.ledger, self.tracker.keys)

    async def _adopt(self, added: KeyColumns, run_id: str) -> None:
        for start in range(0, len(added), ADOPTED_AT_ONCE):
            await self.ledger.adopt(list(added.part(slice(start, start + ADOPTED_AT_ONCE))), run_id=run_id)
        if len(added):
            log.info("Entries added to progress.json by hand will be skipped", entries=len(added))

    async def rewrite(self) -> None:
        """Shows what the ledger holds, and nothing else."""
        known = await known_keys(self.ledger, tasks=self.tracker.keys.tasks)
        self.tracker.keys, self.cursor = known.keys, known.cursor
        await self.write()

    async def write(self) -> None:
        """Replaces the file, then lets the ledger know that it was shown, and how the file can be told again."""
        cursor = self.cursor
        await asyncio.to_thread(self.tracker.write)
        faults.point("progress.after_save")
        seal = orjson.dumps([*stat_of(self.tracker.path), self.tracker.last_saved_to_parquet]).decode()
        await asyncio.gather(self.ledger.mark_shown(cursor), self.ledger.set_meta(_SEAL, seal))
        await note_keys(self.ledger, self.tracker.keys)
        self.stale = False


async def open_face(path: Path, ledger: Ledger, *, kept: bool = True) -> Face:
    """Reads progress.json, unless it lies there as it was last written, and finds what was edited by hand.

    An entry was removed by hand if the ledger knows that the file showed it (`Ledger.shown`), or the file's own
    `total_completed` says so, and it is not there. Completions that were never shown are what a crash left.

    Raises: ProgressFileError: the file cannot be used. Nothing was changed.
    """
    sealed = await _sealed(path, ledger) if kept else None
    if sealed is not None or not kept:
        tracker = ProgressTracker.empty(path)
        tracker.exists, tracker.last_saved_to_parquet = sealed is not None, sealed or 0
        known = await known_keys(ledger)
        tracker.keys = known.keys
        stale = known.cursor != await ledger.shown()
        return Face(tracker, ledger, known.cursor, NO_EDITS, stale, tracker.get_stats(), kept, known.noted)
    return await _compared(ProgressTracker(path), ledger)


async def _compared(tracker: ProgressTracker, ledger: Ledger) -> Face:
    in_file, file_keys, stats = tracker.keys, tracker.keys.packed, tracker.get_stats()
    exists, is_tidy, n_in_file = tracker.exists, tracker.is_tidy, len(tracker.keys)
    claimed = tracker.total_claimed or 0
    known = await known_keys(ledger, tasks=tracker.keys.tasks)
    tracker.keys = done = known.keys
    if exists and np.array_equal(np.sort(done.packed), np.sort(file_keys)):
        tracker.keys = (
            in_file  # in the order of the file: that of completion, whatever the ledger's list has kept of it
        )
        return Face(tracker, ledger, known.cursor, NO_EDITS, not is_tidy, stats, noted=known.noted)
    page = await ledger.completed(await ledger.shown())  # read last: what others completed meanwhile is in it
    shown = _without(done.packed, KeySet(page.keys, tasks=done.tasks).packed)
    if exists:
        at_least = claimed if n_in_file < claimed <= len(done) else 0
        removed = _without(np.union1d(shown, await _first_done(ledger, done, at_least)), file_keys)
    else:
        removed = done.packed if len(shown) else shown
    edits = Edits(
        removed=done.columns(done.packed[np.isin(done.packed, removed)]),
        added=done.columns(_without(file_keys, done.packed)),
        file_deleted=not exists and len(removed) > 0,
    )
    stale = not (exists and is_tidy) or len(_without(done.packed, file_keys)) > 0
    return Face(tracker, ledger, known.cursor, edits, stale, stats, noted=known.noted)


def _without(keys: Packed, others: Packed) -> Packed:
    return keys[~np.isin(keys, others)]


async def _first_done(ledger: Ledger, done: KeySet, n: int) -> Packed:
    """The keys that a file which counts `n` held when it was written: a hand edit seldom mends the count."""
    return KeySet((await ledger.completed(limit=n)).keys if n else (), tasks=done.tasks).packed


async def _sealed(path: Path, ledger: Ledger) -> int | None:
    """`last_saved_to_parquet` of the file if it is the very one that was last written; None if not."""
    seal = await ledger.get_meta(_SEAL)
    if seal is None:
        return None
    *stat, last_saved = orjson.loads(seal)
    return last_saved if stat == stat_of(path) else None


def stat_of(path: Path) -> list[int]:
    """What changes with every replacing and every edit of a file: inode, size, time of the last write in ns; empty
    where there is none that can be looked at."""
    try:
        stat = path.stat()
    except OSError:
        return []
    return [stat.st_ino, stat.st_size, stat.st_mtime_ns]


class ProgressWriter:
    """Keeps progress.json up to date while a run goes on: run it as a task, tell it of completions.

    Up to CHEAP_UP_TO entries the file is replaced after every completion, those that come quickly one after the other
    sharing one; later as often as costs TIME_SHARE of the time. One replacement at a time; nobody who works waits.
    """

    def __init__(self, face: Face) -> None:
        self._face = face
        self._told = asyncio.Event()
        self._waiting: dict[SampleKey, asyncio.Future[None]] = {}
        self._replacing: asyncio.Future[None] | None = None

    async def shows(self, key: SampleKey) -> None:
        """Tells of a completion; waits until the file shows it, where it is replaced after every completion."""
        self._told.set()
        if self._face.kept and len(self._face.tracker.keys) <= CHEAP_UP_TO:
            self._waiting[key] = asyncio.get_running_loop().create_future()
            await self._waiting[key]

    async def keep(self) -> None:
        """Replaces the file whenever it is due, until cancelled."""
        while True:
            await self._told.wait()
            self._told.clear()
            seconds = await self.save()
            is_cheap = len(self._face.tracker.keys) <= CHEAP_UP_TO
            await asyncio.sleep(min(seconds / BUSY_SHARE, LONGEST_REST_S) if is_cheap else seconds / TIME_SHARE)

    async def save(self) -> float:
        """Brings the file up to the ledger's state; gives the seconds that writing took."""
        face = self._face
        if not face.kept:
            return 0.0
        started = time.perf_counter()
        if self._replacing is not None:
            await asyncio.wait([self._replacing])
        page = await face.ledger.completed(face.cursor)
        fresh = [key for key in page.keys if face.tracker.keys.add(key)]
        face.cursor = page.cursor
        faults.point("progress.before_save")
        if fresh or face.stale or not face.tracker.exists:
            self._replacing = asyncio.ensure_future(face.write())
            await asyncio.shield(self._replacing)  # cancelled, it goes on in its thread: the next one waits for it
        self._release()
        return time.perf_counter() - started

    def _release(self) -> None:
        """Lets those go on whose key the file shows now."""
        for key in [key for key in self._waiting if key in self._face.tracker.keys]:
            waiter = self._waiting.pop(key)
            if not waiter.done():
                waiter.set_result(None)
