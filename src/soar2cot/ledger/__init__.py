"""The ledger: what is done, kept so that nothing finished is lost or done twice.

`open_ledger` is the only place that knows all backends.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from soar2cot.errors import LedgerError
from soar2cot.ledger.base import Ledger

__all__ = ["Ledger", "open_ledger"]


async def open_ledger(url: str, *, read_only: bool = False, create: bool = True) -> Ledger:
    """Opens the ledger at `url` and brings its schema up to date.

    Args:   url: `sqlite:///relative/path`, `sqlite:////absolute/path`, `postgresql://…`, `postgres://…`, `memory:`.
            read_only: take no lock, create nothing, refuse every write: for `status`, `export`, `view`.
            create: make a SQLite file that is not there.
    Raises: LedgerBusyError: another process runs on this SQLite file. LedgerUnavailableError: the server does not
            answer. LedgerError: unknown address, newer schema, damaged, missing (read_only, not create).
    Crash:  a new ledger is whole or absent; a schema is the old one or the new one.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "sqlite" and rest.startswith("///"):
        from soar2cot.ledger.sqlite import SqliteLedger
        from soar2cot.ledger.sqlite_file import refuse_missing

        path = Path(unquote(rest.removeprefix("///")))
        if not create:
            refuse_missing(path)
        return await SqliteLedger.open(path, read_only=read_only)
    if scheme in {"postgresql", "postgres"}:
        from soar2cot.ledger.postgres import PostgresLedger

        return await PostgresLedger.open(url, read_only=read_only)
    if scheme == "memory":
        from soar2cot.ledger.memory import MemoryLedger

        return MemoryLedger()
    raise LedgerError(
        f"ledger {url!r}: no such kind; use sqlite:///path/to/ledger.db or postgresql://user@host/database"
    )
