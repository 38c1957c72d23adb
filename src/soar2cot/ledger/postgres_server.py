"""The connections to a PostgreSQL server: opening, migrating, and staying through its absences.

A server that is away is waited for with growing pauses, up to `patience_s`. A group whose COMMIT was under way when
the connection broke is looked up by its transaction's number (`pg_xact_status`): it is written once, whatever happened.
"""

from __future__ import annotations

import asyncio
import errno
import random
import re
from asyncio import sleep
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from time import monotonic, perf_counter
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import structlog

from soar2cot import faults
from soar2cot.errors import LedgerError, LedgerUnavailableError, Soar2CotError
from soar2cot.ledger.postgres_write import Act, Group, apply
from soar2cot.ledger.schema import pending, statements

T = TypeVar("T")
SQL = statements("postgres")
log = structlog.get_logger()

_SCHEMA_LOCK = 0x736F617232  # one process at a time migrates
_LONGEST_PAUSE_S = 15.0
_MAY_CREATE = (
    "SELECT to_regclass('migrations') IS NOT NULL OR coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
)
_SETTINGS = {
    "application_name": "soar2cot",
    "synchronous_commit": "on",  # durable means durable, whatever the server's default
    "idle_in_transaction_session_timeout": "60000",  # ms: a process that is paused holds nobody up for longer
    "client_min_messages": "warning",
}
_GONE_STATES = {"57P01", "57P02", "57P03", "53300", "25P03", "25006"}  # shutdown, starting, full, timed out, standby
_AGAIN_STATES = {"40001", "40P01"}  # serialization, deadlock: the same group at once again
_OWN_FAULT_CLASSES = {"22", "23"}  # data, constraint: one act alone is to blame


@dataclass(frozen=True)
class _Unsure:
    """A COMMIT that was sent and never answered."""

    transaction: int
    results: list[Any]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a server is: its major version, whether the ledger's tables are there or can be made, each commit's time."""

    version: int
    may_create: bool
    commits_s: tuple[float, ...]


class PostgresServer:
    """One database: a connection for writing, a pool for reading. `url` is shown without the password."""

    def __init__(self, dsn: str, *, read_only: bool, patience_s: float) -> None:
        self.url = without_secret(dsn)
        self.read_only = read_only
        self._dsn = dsn
        self._patience_s = patience_s
        self._writer: Any = None
        self._pool: Any = None
        self._driver = _driver()

    async def open(self, *, patience_s: float = 10.0) -> None:
        """Connects, and brings the schema up to date.

        Raises: LedgerUnavailableError: no answer within `patience_s`. LedgerError: refused, or a newer schema.
        """
        deadline = monotonic() + patience_s
        if self.read_only:
            await self._staying(self._check_schema, deadline, "open")
        else:
            await self._staying(self._migrate, deadline, "open")

    async def close(self) -> None:
        """Closes all connections; what is gone already is no error."""
        pool, writer, self._pool, self._writer = self._pool, self._writer, None, None
        for item in (pool, writer):
            if item is not None:
                await _close(item)

    async def rehearse(self, n_commits: int, *, patience_s: float = 5.0) -> Rehearsal:
        """Connects and commits durably, changing nothing: messages to the server's log that nobody reads.

        Raises: LedgerUnavailableError: no answer within `patience_s`. LedgerError: refused.
        """

        async def trial() -> Rehearsal:
            connection = await self._connected()
            may_create = await connection.fetchval(_MAY_CREATE)
            seconds: list[float] = []
            for _ in range(n_commits):
                started = perf_counter()
                await connection.execute("SELECT pg_logical_emit_message(true, 'soar2cot', 'doctor')")
                seconds.append(perf_counter() - started)
            return Rehearsal(connection.get_server_version().major, bool(may_create), tuple(seconds))

        return await self._staying(trial, monotonic() + patience_s, "open")

    # --- reading

    async def read(self, question: Callable[[Any], Awaitable[T]]) -> T:
        """Asks on a connection of the pool, waiting for the server where it is away."""

        async def ask() -> T:
            async with self._reader() as connection:
                return await question(connection)

        return await self._staying(ask, monotonic() + self._patience_s, "read")

    @asynccontextmanager
    async def _reader(self) -> AsyncGenerator[Any]:
        if self._pool is None:
            settings = {**_SETTINGS, "default_transaction_read_only": "on"}
            self._pool = await self._driver.create_pool(**self._options(settings), min_size=0, max_size=4)
        async with (
            self._pool.acquire() as connection,
            connection.transaction(readonly=True, isolation="repeatable_read"),
        ):
            yield connection

    # --- writing

    async def write(self, acts: Sequence[Act]) -> list[Any]:
        """One group in one transaction, through whatever the server does meanwhile.

        Crash: all of the group or nothing.
        """
        faults.point("ledger.commit.before_begin")
        deadline = monotonic() + self._patience_s
        unsure: list[_Unsure] = []
        try:
            results = await self._staying(lambda: self._transact(acts, unsure), deadline, "write")
        except self._driver.PostgresError as error:
            if (error.sqlstate or "")[:2] not in _OWN_FAULT_CLASSES:
                raise self._refused("write", error) from error
            if len(acts) == 1:
                return [self._refused("write", error)]
            return [(await self.write([act]))[0] for act in acts]
        except (TypeError, ValueError, OverflowError) as error:  # the driver cannot encode a value
            if len(acts) == 1:
                return [self._refused("write", error)]
            return [(await self.write([act]))[0] for act in acts]
        faults.point("ledger.commit.after_commit")
        return results

    async def _transact(self, acts: Sequence[Act], unsure: list[_Unsure]) -> list[Any]:
        connection = await self._connected()
        if unsure and await self._was_committed(connection, unsure[0].transaction):
            return unsure[0].results
        unsure.clear()
        async with connection.transaction():
            group = Group(connection)
            results = await apply(group, acts)
            await group.end()
            number = await connection.fetchval("SELECT pg_current_xact_id()::text::bigint")
            faults.point("ledger.commit.before_commit")
            unsure.append(_Unsure(number, results))
        return results

    async def _was_committed(self, connection: Any, transaction: int) -> bool:
        """Whether a transaction that ended in silence is durable; waits while the server itself does not know."""
        while True:
            status = await connection.fetchval("SELECT pg_xact_status($1::text::xid8)", str(transaction))
            if status != "in progress":
                return status == "committed"
            await sleep(0.05)

    async def _connected(self) -> Any:
        if self._writer is None or self._writer.is_closed():
            self._writer = await self._driver.connect(**self._options(_SETTINGS))
        return self._writer

    def _options(self, settings: dict[str, str]) -> dict[str, Any]:
        parts = urlsplit(self._dsn)
        pooled = "-pooler." in (parts.hostname or "")  # a pooler hands each transaction to another connection
        cache = {"statement_cache_size": 0} if pooled else {}
        return {"dsn": self._dsn, "server_settings": settings, "timeout": 10, "command_timeout": 300, **cache}

    # --- schema

    async def _check_schema(self) -> None:
        async with self._reader() as connection:
            version = await _version(connection)
        if version == 0:
            raise LedgerError(f"ledger {self.url}: there is none in this database; start one with `soar2cot run`")
        if pending("postgres", version, url=self.url):
            raise LedgerError(
                f"ledger {self.url}: its schema is of an older soar2cot and this command only reads; "
                "`soar2cot fsck` brings it up to date"
            )

    async def _migrate(self) -> None:
        """Crash: each migration and its record are one transaction: the schema is the old one or the new one."""
        connection = await self._connected()
        while True:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", _SCHEMA_LOCK)
                todo = pending("postgres", await _version(connection), url=self.url)
                if not todo:
                    await self._renumber(connection)
                    return
                version, script = next(iter(todo.items()))
                for statement in script:
                    await connection.execute(statement)
                await connection.execute("INSERT INTO migrations (version) VALUES ($1)", version)
                faults.point("ledger.migrate.before_commit")

    async def _renumber(self, connection: Any) -> None:
        """A database that was moved to another server counts its transactions from elsewhere."""
        latest = await connection.fetchval(SQL["latest_tx"])
        _, next_one = await connection.fetchrow(SQL["horizon"])
        if latest >= next_one:
            shown = int(await connection.fetchval(SQL["get_meta"], "shown") or 0)
            await connection.execute(SQL["renumber"], shown)
            await connection.execute(SQL["set_meta"], "shown", "2")

    # --- absences

    async def _staying(self, act: Callable[[], Awaitable[T]], deadline: float, verb: str) -> T:
        pause = 0.05
        while True:
            try:
                return await act()
            except Soar2CotError:
                raise
            except Exception as error:
                if not self._may_pass(error):
                    raise self._explained(verb, error) from error
                await self._forget_writer()
                if monotonic() + pause > deadline:
                    raise self._away(error) from error
                told = {"ledger": self.url, "error": _brief(error), "pause_s": round(pause, 2)}
                if getattr(error, "sqlstate", None) in _AGAIN_STATES:
                    log.debug("Another process wrote the same rows, trying again", **told)
                else:
                    log.warning("Ledger is away, waiting", **told)
            await sleep(pause * random.uniform(0.7, 1.3))
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _may_pass(self, error: Exception) -> bool:
        """Whether the same act may succeed later."""
        if isinstance(error, self._driver.PostgresError):
            state = str(getattr(error, "sqlstate", None) or "")
            return state.startswith("08") or state in _GONE_STATES or state in _AGAIN_STATES
        if isinstance(error, OSError):
            return error.errno not in {errno.ENOSPC, errno.EROFS}
        return isinstance(error, self._driver.InterfaceError) and "connection" in str(error).lower()

    def _explained(self, verb: str, error: Exception) -> Exception:
        """Programming errors and acts to blame keep their class; what the server refuses becomes a LedgerError."""
        state = str(getattr(error, "sqlstate", None) or "")
        if state[:2] in _OWN_FAULT_CLASSES or not isinstance(error, (self._driver.PostgresError, OSError)):
            return error
        return self._refused(verb, error)

    def _refused(self, verb: str, error: BaseException) -> LedgerError:
        state = str(getattr(error, "sqlstate", None) or "")
        full = state == "53100" or getattr(error, "errno", None) == errno.ENOSPC
        why = "the disk is full; make room and run the same command again" if full else _brief(error)
        return LedgerError(f"ledger {self.url}: cannot {verb}: {why}; nothing of it was written")

    def _away(self, error: BaseException) -> LedgerUnavailableError:
        return LedgerUnavailableError(
            f"ledger {self.url}: the database does not answer ({_brief(error)}); start it, or check address and "
            "network, then run the same command again: nothing is lost"
        )

    async def _forget_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.terminate()


def without_secret(dsn: str) -> str:
    """The address without its password."""
    parts = urlsplit(dsn)
    netloc = re.sub(r":[^:@/]*@", "@", parts.netloc)
    query = re.sub(r"(?i)(^|&)(password|passfile|sslpassword)=[^&]*", "", parts.query)
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


async def _close(item: Any) -> None:
    try:
        await asyncio.wait_for(item.close(), 5)
    except (Exception, asyncio.CancelledError):  # noqa: BLE001 - closing what is gone
        item.terminate()


async def _version(connection: Any) -> int:
    if await connection.fetchval("SELECT to_regclass('migrations')") is None:
        return 0
    return await connection.fetchval("SELECT coalesce(max(version), 0) FROM migrations")


def _brief(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _driver() -> Any:
    try:
        return import_module("asyncpg")
    except ImportError as error:
        raise LedgerError("a postgresql:// ledger needs the extra: pip install 'soar2cot[postgres]'") from error
