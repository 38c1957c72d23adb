"""The SQLite file itself: opening, refusing, migrating, applying groups. Used from the ledger's own threads.

    open     lock → refuse what cannot be trusted → connect → migrate → compare with the noted high water
    apply    BEGIN → the acts → counters → COMMIT (one sync) → note the high water → tell
    close    COMMIT is long done; SQLite folds the log into the file

Durable means: the write-ahead log is synced at every COMMIT (`synchronous=FULL`).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from soar2cot import atomic, faults
from soar2cot.errors import LedgerError, Soar2CotError
from soar2cot.ledger import lock
from soar2cot.ledger.rows import utc_text
from soar2cot.ledger.schema import pending, statements
from soar2cot.ledger.sqlite_write import Act, Group

PAGE_BYTES = 32_768  # 2 KB rows waste half a row a page: 32 KB pages keep that under 100 bytes a sample
CHECKPOINT_PAGES = 1_024
CACHE_KIB = 65_536
# what one act alone is to blame for: the group is tried again, each act by itself
_ITS_OWN_FAULT = (
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    UnicodeError,
    ArithmeticError,
    TypeError,
    ValueError,
)
_OLDEST = (3, 31, 0)  # generated columns


class SqliteFile:
    """One ledger file, opened for writing by one process or for reading by any.

    Raises: LedgerBusyError: another process writes it. LedgerError: it is missing (read_only), damaged, of a newer
            schema, on a network file system, in a folder without write permission, or its log was deleted.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._lock: lock.FileLock | None = None
        self._connection: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None  # device and inode of what is written to

    # --- opening and closing

    def open(self) -> None:
        """Opens the file; on an error nothing stays locked."""
        if sqlite3.sqlite_version_info < _OLDEST:
            raise LedgerError(f"ledger {self.path}: SQLite {sqlite3.sqlite_version} is too old, 3.31 is needed")
        try:
            with self.explaining("open"):
                if self.read_only:
                    self._open_for_reading()
                else:
                    self._open_for_writing()
        except BaseException:
            self.close_reader()
            self.close()
            raise

    def _open_for_reading(self) -> None:
        refuse_missing(self.path)
        if pending("sqlite", _version(self.reader()), url=str(self.path)):
            raise LedgerError(
                f"ledger {self.path}: its schema is of an older soar2cot and this command only reads; "
                "`soar2cot fsck` brings it up to date"
            )

    def _open_for_writing(self) -> None:
        self._make_folder()
        lock.refuse_network(self.path)
        self._lock = lock.FileLock.take(self.path)
        is_new = self._refuse_torn()
        self._connection = self._connect()
        self._migrate(self._connection)
        generation = self._connection.execute(statements("sqlite")["counters"]).fetchone()[0]
        if not is_new:
            self._refuse_older(generation)
        self._lock.sign(generation)
        self._opened = _identity(self.path)
        atomic.sync_directory(self.path.parent)

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(
                f"ledger {self.path}: {self.path.parent} cannot be made ({error.strerror}); name another --run-dir"
            ) from error

    def _refuse_torn(self) -> bool:
        """Whether the ledger is to be made. Raises: LedgerError: there is a log whose ledger is gone."""
        log = self.path.with_name(self.path.name + "-wal")
        is_new = not self.path.exists() or self.path.stat().st_size == 0
        if is_new and log.exists() and log.stat().st_size > 0 and not self.path.exists():
            raise LedgerError(
                f"ledger {self.path}: it is gone, but its write-ahead log {log.name} is there; put ledger.db back, "
                f"or remove {log.name} too to begin anew"
            )
        return is_new

    def _refuse_older(self, generation: int) -> None:
        assert self._lock is not None
        high_water = self._lock.high_water()
        if generation < high_water:
            raise LedgerError(
                f"ledger {self.path}: {high_water - generation} committed group(s) are missing (it ends at "
                f"{generation}, {high_water} were committed): its log {self.path.name}-wal was deleted or an older "
                f"copy was put in its place. Put the newer files back; or, to go on from the older state and do the "
                f"missing samples again, remove {self.path.name}.lock"
            )

    def _connect(self) -> sqlite3.Connection:
        settings = (
            f"page_size={PAGE_BYTES}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            f"cache_size=-{CACHE_KIB}",
            f"wal_autocheckpoint={CHECKPOINT_PAGES}",
            f"journal_size_limit={4 * CHECKPOINT_PAGES * PAGE_BYTES}",
        )
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=256, timeout=10
        )
        try:
            for pragma in settings:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:  # a damaged file is told here
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Crash: each migration and its record are one transaction: the schema is the old one or the new one."""
        for version, script in pending("sqlite", _version(connection), url=str(self.path)).items():
            with _transaction(connection):
                for statement in script:
                    connection.execute(statement)
                values = (version, utc_text(time.time()))
                connection.execute("INSERT INTO migrations (version, applied_at) VALUES (?, ?)", values)
                faults.point("ledger.migrate.before_commit")
        connection.execute(statements("sqlite")["picked_table"])

    def close(self) -> None:
        """Closes the writer and gives the lock free."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    # --- reading

    def reader(self) -> sqlite3.Connection:
        """The read-only connection; called from the reader's thread."""
        if self._reader is None:
            self._reader = self._connect_reader()
        return self._reader

    def _connect_reader(self) -> sqlite3.Connection:
        uri = self.path.absolute().as_uri() + "?mode=ro"
        try:
            return _try_reader(uri)
        except sqlite3.OperationalError:
            log = self.path.with_name(self.path.name + "-wal")
            if os.access(self.path.parent, os.W_OK) or (log.exists() and log.stat().st_size):
                raise
            return _try_reader(uri + "&immutable=1")  # a folder without write permission, and nothing in the log

    def close_reader(self) -> None:
        """Closes the read-only connection."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def others_claim(self, on_record: int) -> int:
        """The claims of the process that writes this ledger: none where it is gone."""
        return on_record if lock.holder_lives(self.path) else 0

    # --- writing

    def apply(self, acts: Sequence[Act], *, leases: dict[int, float], now: float) -> list[Any]:
        """One group: all acts in one transaction; a failing act fails alone.

        Crash: all of the group or nothing.
        """
        faults.point("ledger.commit.before_begin")
        self.refuse_gone()
        if self._connection is None:
            self._connection = self._connect()
            self._connection.execute(statements("sqlite")["picked_table"])
        try:
            results, generation = self._transact(acts, leases, now, careful=False)
        except _ITS_OWN_FAULT:
            results, generation = self._transact(acts, leases, now, careful=True)
        assert self._lock is not None
        self._lock.note(generation)
        faults.point("ledger.commit.after_commit")
        return results

    def refuse_gone(self) -> None:
        """A file that was deleted or replaced goes on to take writes, for nobody.

        Raises: LedgerError.
        """
        if self._opened is not None and _identity(self.path) != self._opened:
            raise LedgerError(
                f"ledger {self.path}: it was deleted or replaced while the run went on; nothing more is written. Put "
                "it back, from a copy or from where it was moved to, or begin anew with another --run-dir"
            )

    def _transact(
        self, acts: Sequence[Act], leases: dict[int, float], now: float, *, careful: bool
    ) -> tuple[list[Any], int]:
        assert self._connection is not None
        with _transaction(self._connection):
            group = Group(self._connection, leases, now)
            group.begin()
            results = [_careful(group, act) if careful else _trusting(group, act) for act in acts]
            group.end()
            faults.point("ledger.commit.before_commit")
        group.settle()
        return results, group.generation

    @contextmanager
    def explaining(self, verb: str) -> Generator[None]:
        """Turns what SQLite and the system say into a LedgerError with a way out."""
        try:
            yield
        except Soar2CotError:
            raise
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"ledger {self.path}: cannot {verb}: {_reason(error)}") from error


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _trusting(group: Group, act: Act) -> Any:
    try:
        return act(group)
    except LedgerError as error:  # by the rule of `sqlite_write` it has written nothing
        return error


def _careful(group: Group, act: Act) -> Any:
    group.connection.execute("SAVEPOINT act")
    try:
        result = act(group)
    except (LedgerError, *_ITS_OWN_FAULT) as error:
        group.connection.execute("ROLLBACK TO act")
        result = error if isinstance(error, LedgerError) else LedgerError(f"the ledger refused: {error}")
    group.connection.execute("RELEASE act")
    return result


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Generator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _try_reader(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB // 4}")
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone()
    return connection.execute("SELECT coalesce(max(version), 0) FROM migrations").fetchone()[0] if found else 0


def _reason(error: BaseException) -> str:
    text = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or getattr(error, "errno", 0) == 28:
        return "the disk is full; nothing of it was written. Make room and run the same command again"
    if code == sqlite3.SQLITE_NOTADB or code == sqlite3.SQLITE_CORRUPT:
        return f"the file is damaged or no ledger ({text}); put a copy back, or name another --run-dir"
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return f"{text}; give write permission on the file and its folder, or name another --run-dir"
    return f"{text}; nothing of it was written, run the same command again"


def refuse_missing(path: Path) -> None:
    """Raises: LedgerError: there is no ledger at this path."""
    if not path.exists():
        raise LedgerError(f"ledger {path}: there is none; start one with `soar2cot run`, or name its --run-dir")
