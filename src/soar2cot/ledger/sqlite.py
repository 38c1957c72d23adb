"""The ledger in one SQLite file: one writer thread with group commit, one reader thread, full sync.

The writer's connection is the only one that writes; the kernel's lock on `ledger.db.lock` sees to it that there is
one such process. Readers (`status`, `export`) open the file read-only, take no lock and wait for nobody.
"""

from __future__ import annotations

import asyncio
import os
import platform
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import orjson

from soar2cot.errors import LedgerError
from soar2cot.ledger import sqlite_read as read
from soar2cot.ledger import sqlite_write as write
from soar2cot.ledger.base import Claim, CompletedColumns, CompletedPage, Counts, Finding, RunInfo, Superseded
from soar2cot.ledger.group import GroupCommit
from soar2cot.ledger.rows import check_outcome, utc_text
from soar2cot.ledger.sqlite_file import SqliteFile
from soar2cot.records import Call, Failure, GuessRecord, InstructionRecord, Outcome, SampleKey

T = TypeVar("T")
_PAGE = 256


class SqliteLedger:
    """See `base.Ledger`. Open it with `open`; used from one event loop.

    Leases are kept on the process's own clock: there is one process, and the system's clock may jump.
    """

    def __init__(self, file: SqliteFile, *, clock: Callable[[], float]) -> None:
        self._file = file
        self._clock = clock
        self._leases: dict[int, float] = {}
        self._run_id = ""  # the run that claims here: calls are its own
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="ledger-writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="ledger-reader")
        self._groups: GroupCommit[write.Act] = GroupCommit(lambda acts: self._writer.submit(self._apply, acts))
        self._closed = False

    @classmethod
    async def open(
        cls, path: Path, *, read_only: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> SqliteLedger:
        """Opens the file, creating it (unless `read_only`) and bringing its schema up to date.

        Raises: LedgerBusyError: another process has it. LedgerError: see `sqlite_file.SqliteFile`.
        """
        file = SqliteFile(path, read_only=read_only)
        ledger = cls(file, clock=clock)
        try:
            await asyncio.wrap_future(ledger._writer.submit(file.open))
        except BaseException:
            ledger._shut_down()
            raise
        return ledger

    @property
    def url(self) -> str:
        """Where it is."""
        return f"sqlite:///{self._file.path}"

    # --- runs and settings

    async def start_run(
        self, *, config: dict[str, Any], fingerprint: str, data_identity: str | None, engine_version: str
    ) -> str:
        """See `base.Ledger`. Claims of dead processes need no release here: their leases died with them."""
        settings = orjson.dumps(config, default=str).decode()
        started, where = utc_text(time.time()), (platform.node(), os.getpid())
        values = (started, settings, fingerprint, data_identity, engine_version, *where)
        return await self._write(write.start_run(values))

    async def finish_run(self, run_id: str, *, reason: str) -> None:
        """See `base.Ledger`."""
        await self._write(write.finish_run(run_id, reason))

    async def runs(self) -> list[RunInfo]:
        """See `base.Ledger`."""
        return await self._read(read.runs)

    async def get_meta(self, name: str) -> str | None:
        """See `base.Ledger`."""
        return await self._read(read.get_meta, name)

    async def set_meta(self, name: str, value: str) -> None:
        """See `base.Ledger`."""
        await self._write(write.set_meta(name, value))

    async def first_meta(self, name: str, value: str) -> str:
        """See `base.Ledger`."""
        await self._write(write.set_meta(name, value, statement="add_meta"))
        return await self.get_meta(name) or ""

    # --- the life of a sample

    async def claim(self, keys: Sequence[SampleKey], *, run_id: str, lease_s: float) -> list[Claim]:
        """See `base.Ledger`."""
        self._run_id = run_id
        return await self._write(write.claim(keys, run_id, lease_s)) if keys else []

    async def renew(self, claims: Sequence[Claim], *, lease_s: float) -> list[Claim]:
        """See `base.Ledger`. A lease needs no row: it does not outlive the process."""
        now = self._clock()
        ours = [claim for claim in claims if self._leases.get(claim.token, 0.0) > now]
        self._leases.update((claim.token, now + lease_s) for claim in ours)
        return ours

    async def release(self, claims: Sequence[Claim]) -> None:
        """See `base.Ledger`."""
        if claims:
            await self._write(write.release(claims))

    async def expire(self, keys: Sequence[SampleKey], *, run_id: str) -> None:
        """See `base.Ledger`."""
        if keys:
            await self._write(write.expire(keys, run_id))

    async def commit(self, claim: Claim, outcome: Outcome, *, run_id: str) -> None:
        """See `base.Ledger`."""
        check_outcome(claim.key, outcome)
        await self._write(write.commit(claim, outcome, run_id))

    async def fail(self, claim: Claim, *, run_id: str, error_type: str, message: str) -> Failure:
        """See `base.Ledger`."""
        return await self._write(write.fail(claim, run_id, error_type, message))

    async def unpark(self, keys: Sequence[SampleKey]) -> int:
        """See `base.Ledger`."""
        return await self._write(write.unpark(keys)) if len(keys) else 0

    async def adopt(self, keys: Sequence[SampleKey], *, run_id: str) -> int:
        """See `base.Ledger`."""
        return await self._write(write.adopt(keys, run_id)) if len(keys) else 0

    async def forget(self, keys: Sequence[SampleKey], *, reason: str) -> int:
        """See `base.Ledger`."""
        return await self._write(write.forget(keys, reason)) if len(keys) else 0

    async def restore(self, batch: int | None = None) -> int:
        """See `base.Ledger`."""
        return await self._write(write.restore(batch))

    async def superseded(self) -> list[Superseded]:
        """See `base.Ledger`."""
        return await self._read(read.superseded)

    # --- completed keys

    async def completed(self, after: int = 0, *, limit: int | None = None) -> CompletedPage:
        """See `base.Ledger`."""
        return await self._read(read.completed, after, limit)

    async def completed_columns(self) -> CompletedColumns:
        """See `base.Ledger`."""
        return await self._read(read.completed_columns)

    async def mark_shown(self, cursor: int) -> None:
        """See `base.Ledger`."""
        await self.set_meta("shown", str(cursor))

    async def shown(self) -> int:
        """See `base.Ledger`."""
        return int(await self.get_meta("shown") or 0)

    # --- the journal

    async def calls(self, key: SampleKey) -> list[Call]:
        """See `base.Ledger`."""
        return await self._read(read.calls, key)

    async def intend(self, call: Call, *, claim: Claim) -> None:
        """See `base.Ledger`."""
        await self._write(write.intend(call, claim, self._run_id))

    async def answer(self, call: Call) -> None:
        """See `base.Ledger`."""
        await self._write(write.answer(call, self._run_id))

    async def spent(self) -> tuple[int, float]:
        """See `base.Ledger`."""
        return await self._read(read.spent)

    async def half_done(self) -> tuple[int, int]:
        """See `base.Ledger`."""
        return await self._read(read.half_done)

    # --- reading

    async def counts(self) -> Counts:
        """See `base.Ledger`. `claimed` of another process: what it has on record, if it lives."""
        now = self._clock()
        mine = sum(end > now for end in list(self._leases.values()))
        return await self._read(read.counts, self._file.others_claim if self._file.read_only else mine)

    async def record(self, key: SampleKey) -> Outcome | None:
        """See `base.Ledger`."""
        return await self._read(read.record, key)

    async def records(
        self, *, after: str = "", limit: int | None = None
    ) -> AsyncIterator[tuple[InstructionRecord, tuple[GuessRecord, ...]]]:
        """See `base.Ledger`."""
        while limit is None or limit > 0:
            size = _PAGE if limit is None else min(limit, _PAGE)
            page = await self._read(read.records_page, after, size)
            for item in page:
                yield item
            if len(page) < size:
                return
            after, limit = page[-1][0].id, None if limit is None else limit - size

    async def failures(self) -> list[Failure]:
        """See `base.Ledger`."""
        return await self._read(read.failures)

    async def matching(self, where: str) -> list[SampleKey]:
        """See `base.Ledger`."""
        return await self._read(read.matching, where)

    async def check(self, *, mend: bool = False) -> list[Finding]:
        """See `base.Ledger`."""
        from soar2cot.ledger import sqlite_check

        if mend:
            return await self._write(sqlite_check.mend)
        return await self._read(sqlite_check.check)

    async def aclose(self) -> None:
        """See `base.Ledger`."""
        if self._closed:
            return
        self._closed = True
        await self._groups.drained()
        try:
            await asyncio.wrap_future(self._reader.submit(self._file.close_reader))
            await asyncio.wrap_future(self._writer.submit(self._file.close))
        finally:
            self._shut_down()

    def _shut_down(self) -> None:
        self._writer.shutdown()
        self._reader.shutdown()

    # --- the two threads

    async def _write(self, act: write.Act) -> Any:
        if self._file.read_only or self._closed:
            how = "closed" if self._closed else "open for reading only"
            raise LedgerError(f"ledger {self._file.path}: it is {how}; nothing was written")
        return await self._groups.submit(act)

    async def _read(self, question: Callable[..., T], *arguments: Any) -> T:
        if self._closed:
            raise LedgerError(f"ledger {self._file.path}: it is closed")

        def ask() -> T:
            with self._file.explaining("read"):
                self._file.refuse_gone()
                return question(self._file.reader(), *arguments)

        return await asyncio.wrap_future(self._reader.submit(ask))

    def _apply(self, acts: Sequence[write.Act]) -> list[Any]:
        with self._file.explaining("write"):
            return self._file.apply(acts, leases=self._leases, now=self._clock())


def _check_protocol(ledger: SqliteLedger) -> object:  # pyright: ignore[reportUnusedFunction]
    from soar2cot.ledger.base import Ledger

    kept: Ledger = ledger
    return kept
