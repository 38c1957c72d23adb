"""Whether a ledger can be kept at an address, and what a commit costs there; nothing is left behind."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from urllib.parse import unquote

from soar2cot.errors import LedgerError
from soar2cot.ledger.lock import file_system, refuse_network

N_COMMITS = 20
OLDEST_POSTGRES = 14


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What a ledger would rest on.

    `about`: the file system, or the server. `commit_ms`: the median of N_COMMITS small commits, one after the other,
    each of them durable; None where none could be tried. `problem`: why it is unfit, and the way out; None where it is
    fit.
    """

    address: str
    about: str
    commit_ms: float | None = None
    problem: str | None = None

    @property
    def fit(self) -> bool:
        """Whether a run can keep its ledger there."""
        return self.problem is None


async def report_ledger(url: str) -> LedgerReport:
    """Tries it; never raises for what is missing there."""
    if url.startswith("sqlite:///"):
        return await _report_file(Path(unquote(url.removeprefix("sqlite:///"))))
    if url.startswith(("postgresql:", "postgres:")):
        return await _report_server(url)
    return LedgerReport(
        url, "", problem="no such kind; use sqlite:///path/to/ledger.db or postgresql://user@host/database"
    )


# --- SQLite


async def _report_file(path: Path) -> LedgerReport:
    folder = _folder_that_is(path.parent)
    about = file_system(folder) or "unknown file system"
    try:
        _refuse(path, about)
        return LedgerReport(str(path), about, await _median_ms(folder))
    except LedgerError as error:
        return LedgerReport(str(path), about, problem=str(error))
    except OSError as error:
        way_out = "give write permission, make room, or name another --run-dir"
        return LedgerReport(str(path), about, problem=f"{folder} cannot be written ({error.strerror}); {way_out}")


def _refuse(path: Path, kind: str) -> None:
    refuse_network(path, kind=kind)
    if path.exists() and not os.access(path, os.W_OK):
        raise LedgerError(f"ledger {path}: cannot be written; give write permission, or name another --run-dir")


def _folder_that_is(folder: Path) -> Path:
    """The folder, or where it would be made: the nearest one above it that is there."""
    return next(item for item in (folder.absolute(), *folder.absolute().parents) if item.exists())


async def _median_ms(folder: Path) -> float:
    """Of a scratch ledger in this folder: the same locks, the same syncs."""
    from soar2cot.ledger.sqlite import SqliteLedger

    with tempfile.TemporaryDirectory(prefix=".soar2cot-doctor-", dir=folder) as scratch:
        ledger = await SqliteLedger.open(Path(scratch) / "ledger.db")
        try:
            seconds: list[float] = []
            for number in range(N_COMMITS):
                started = perf_counter()
                await ledger.set_meta("doctor", str(number))
                seconds.append(perf_counter() - started)
        finally:
            await ledger.aclose()
    return _as_ms(seconds)


# --- PostgreSQL


async def _report_server(url: str) -> LedgerReport:
    from soar2cot.ledger.postgres_server import PostgresServer, without_secret

    address = without_secret(url)
    try:
        server = PostgresServer(url, read_only=False, patience_s=0)
        try:
            found = await server.rehearse(N_COMMITS)
        finally:
            await server.close()
    except LedgerError as error:
        return LedgerReport(address, "PostgreSQL", problem=str(error))
    problem = None
    if found.version < OLDEST_POSTGRES:
        problem = f"PostgreSQL {found.version} is too old; {OLDEST_POSTGRES} or newer is needed"
    elif not found.may_create:
        problem = "this user may make no tables in the database; grant CREATE on its schema, or name another user"
    return LedgerReport(address, f"PostgreSQL {found.version}", _as_ms(found.commits_s), problem)


def _as_ms(seconds: Sequence[float]) -> float:
    return round(1e3 * statistics.median(seconds), 2)
