"""Connections that can only read, for people who look on while a run writes."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote, unquote

from soar2cot.errors import LedgerError, LedgerUnavailableError
from soar2cot.ledger.browse import POSTGRES, SQLITE, Browse, Dialect, Row


async def open_browse(url: str) -> Browse:
    """The reading side of the ledger at `url`; it takes no lock and makes nothing.

    Raises: LedgerError: unknown address, or there is no ledger. LedgerUnavailableError: the server does not answer.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "sqlite" and rest.startswith("///"):
        return Browse(SqliteReader(Path(unquote(rest.removeprefix("///")))))
    if scheme in {"postgresql", "postgres"}:
        return Browse(await PostgresReader.open(url))
    raise LedgerError(
        f"ledger {url!r}: no such kind; use sqlite:///path/to/ledger.db or postgresql://user@host/database"
    )


class SqliteReader:
    """One connection, opened read-only; statements run one after the other in a thread of their own."""

    dialect: Dialect = SQLITE

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise LedgerError(f"ledger {path}: there is none; give the --run-dir of a run that was started")
        self._path = path
        self._lock = Lock()
        address = f"file:{quote(str(path.absolute()))}?mode=ro"
        self._connection = sqlite3.connect(address, uri=True, timeout=5, check_same_thread=False, isolation_level=None)

    async def fetch(self, sql: str, *values: Any) -> Sequence[Row]:
        """See `Reader`."""
        return await asyncio.to_thread(self._fetch, sql, values)

    async def aclose(self) -> None:
        """See `Reader`."""
        with self._lock:
            self._connection.close()

    def _fetch(self, sql: str, values: tuple[Any, ...]) -> list[Row]:
        try:
            with self._lock:
                return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise LedgerError(f"ledger {self._path}: cannot be read: {error}") from error


class PostgresReader:
    """A few connections whose transactions are read-only."""

    dialect: Dialect = POSTGRES

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str) -> PostgresReader:
        """Connects.

        Raises: LedgerUnavailableError: the server does not answer or does not let us in.
        """
        import asyncpg  # pyright: ignore[reportMissingImports]

        asyncpg_: Any = asyncpg
        settings = {"default_transaction_read_only": "on"}
        try:
            return cls(await asyncpg_.create_pool(url, min_size=1, max_size=4, server_settings=settings, timeout=10))
        except (OSError, TimeoutError, asyncpg_.PostgresError) as error:
            raise LedgerUnavailableError(f"ledger {_without_secret(url)}: {error}") from error

    async def fetch(self, sql: str, *values: Any) -> Sequence[Row]:
        """See `Reader`."""
        numbers = count(1)
        numbered = re.sub(r"\?", lambda _: f"${next(numbers)}", sql)
        try:
            return [tuple(row) for row in await self._pool.fetch(numbered, *values)]
        except Exception as error:  # the driver's own tree of errors, wrapped once
            raise LedgerError(f"ledger: cannot be read: {error}") from error

    async def aclose(self) -> None:
        """See `Reader`."""
        await self._pool.close()


def _without_secret(url: str) -> str:
    return re.sub(r"//[^@/]*@", "//…@", url)
