"""The ledger in a PostgreSQL database: many processes on one ledger, by claims with leases and fencing tokens.

Leases are kept on the database server's clock, the only one that all processes share. A claim whose lease is over is
dead: whoever held it cannot write, even if nobody has taken the sample since.
"""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import AsyncIterator, Sequence
from itertools import groupby
from typing import Any

import orjson

from soar2cot.atomic import is_alive
from soar2cot.errors import LedgerError
from soar2cot.ledger import postgres_write as write
from soar2cot.ledger import rows
from soar2cot.ledger.base import Claim, CompletedColumns, CompletedPage, Counts, Finding, RunInfo, Superseded
from soar2cot.ledger.columns import columns_of_rounds
from soar2cot.ledger.group import GroupCommit
from soar2cot.ledger.postgres_server import SQL, PostgresServer
from soar2cot.ledger.rows import check_outcome, key_row
from soar2cot.ledger.sqlite_check import MENDS, RULES
from soar2cot.records import Call, Failure, GuessRecord, InstructionRecord, Outcome, SampleKey

_PAGE = 256
PATIENCE_S = 2 * 3600.0  # an hour away is waited for


class PostgresLedger:
    """See `base.Ledger`. Open it with `open`; used from one event loop."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._sums = ""  # where calls count: with the run that claims here
        self._groups: GroupCommit[write.Act] = GroupCommit(lambda acts: asyncio.create_task(server.write(acts)))
        self._closed = False

    @classmethod
    async def open(
        cls, dsn: str, *, read_only: bool = False, patience_s: float = PATIENCE_S, open_patience_s: float = 10.0
    ) -> PostgresLedger:
        """Connects and brings the schema up to date.

        Args:   patience_s: how long an act waits for a server that is away; `open_patience_s`: the same for opening.
        Raises: LedgerUnavailableError: the server does not answer. LedgerError: refused, or a newer schema.
        """
        server = PostgresServer(dsn, read_only=read_only, patience_s=patience_s)
        try:
            await server.open(patience_s=open_patience_s)
        except BaseException:
            await server.close()
            raise
        return cls(server)

    @property
    def url(self) -> str:
        """Where it is, without the password."""
        return self._server.url

    # --- runs and settings

    async def start_run(
        self, *, config: dict[str, Any], fingerprint: str, data_identity: str | None, engine_version: str
    ) -> str:
        """See `base.Ledger`."""
        settings, host = orjson.dumps(config, default=str).decode(), platform.node()
        values = (settings, fingerprint, data_identity, engine_version, host, os.getpid())
        return await self._write(write.start_run(values, host=host, is_alive=is_alive))

    async def finish_run(self, run_id: str, *, reason: str) -> None:
        """See `base.Ledger`."""
        await self._write(write.statement("finish_run", run_id, reason))

    async def runs(self) -> list[RunInfo]:
        """See `base.Ledger`."""
        return [rows.load_run(row) for row in await self._fetch("runs")]

    async def get_meta(self, name: str) -> str | None:
        """See `base.Ledger`."""
        found = await self._fetch("get_meta", name)
        return rows.load_text(found[0][0]) if found else None

    async def set_meta(self, name: str, value: str) -> None:
        """See `base.Ledger`."""
        await self._write(write.statement("set_meta", name, rows.store_text(value)))

    async def first_meta(self, name: str, value: str) -> str:
        """See `base.Ledger`."""
        await self._write(write.statement("add_meta", name, rows.store_text(value)))
        return await self.get_meta(name) or ""

    # --- the life of a sample

    async def claim(self, keys: Sequence[SampleKey], *, run_id: str, lease_s: float) -> list[Claim]:
        """See `base.Ledger`."""
        self._sums = f"{run_id} {platform.node()}:{os.getpid()}"  # a row of our own: no process waits for another's
        return await self._write(write.claim(keys, run_id, lease_s)) if keys else []

    async def renew(self, claims: Sequence[Claim], *, lease_s: float) -> list[Claim]:
        """See `base.Ledger`."""
        return await self._write(write.renew(claims, lease_s)) if claims else []

    async def release(self, claims: Sequence[Claim]) -> None:
        """See `base.Ledger`."""
        if claims:
            await self._write(write.release(claims))

    async def expire(self, keys: Sequence[SampleKey], *, run_id: str) -> None:
        """See `base.Ledger`."""
        if keys:
            await self._write(write.statement("expire_claims", *write.columns([key_row(key) for key in keys]), run_id))

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
        return [Superseded(n, rows.load_text(reason), *rest) for n, reason, *rest in await self._fetch("superseded")]

    # --- completed keys

    async def completed(self, after: int = 0, *, limit: int | None = None) -> CompletedPage:
        """See `base.Ledger`. The cursor is the oldest transaction under way: what commits late is not missed."""

        async def ask(connection: Any) -> CompletedPage:
            horizon, _ = await connection.fetchrow(SQL["horizon"])
            if limit is not None:
                early = await connection.fetch(SQL["completed_before"], after, horizon, limit)
                if len(early) >= limit:
                    return _page(early, early[-1][0] + 1)
            found = await connection.fetch(SQL["completed_from"], after)
            return _page(found, max(after, horizon))

        return await self._read(ask)

    async def completed_columns(self) -> CompletedColumns:
        """See `base.Ledger`."""
        [(horizon, _)] = await self._fetch("horizon")
        return columns_of_rounds(map(tuple, await self._fetch("completed_text")), horizon)

    async def mark_shown(self, cursor: int) -> None:
        """See `base.Ledger`."""
        await self.set_meta("shown", str(cursor))

    async def shown(self) -> int:
        """See `base.Ledger`."""
        return int(await self.get_meta("shown") or 0)

    # --- the journal

    async def calls(self, key: SampleKey) -> list[Call]:
        """See `base.Ledger`."""
        return [rows.load_call(key, row) for row in await self._fetch("calls_of", *key_row(key))]

    async def intend(self, call: Call, *, claim: Claim) -> None:
        """See `base.Ledger`."""
        await self._write(write.intend(call, claim, self._sums))

    async def answer(self, call: Call) -> None:
        """See `base.Ledger`."""
        await self._write(write.answer(call, self._sums))

    async def spent(self) -> tuple[int, float]:
        """See `base.Ledger`."""
        [sums] = await self._fetch("sums")
        return sums[5], sums[6] / rows.NANO

    async def half_done(self) -> tuple[int, int]:
        """See `base.Ledger`."""
        [found] = await self._fetch("half_done")
        return found[0], found[1]

    # --- reading

    async def counts(self) -> Counts:
        """See `base.Ledger`."""

        async def ask(connection: Any) -> Counts:
            done, scored, score_nano, perfect, n_calls, *_ = await connection.fetchrow(SQL["sums"])
            failed = await connection.fetchval(SQL["count_failures"])
            claimed = await connection.fetchval(SQL["count_claims"])
            return Counts(done, failed, claimed, n_calls, score_nano / rows.NANO / scored if scored else None, perfect)

        return await self._read(ask)

    async def record(self, key: SampleKey) -> Outcome | None:
        """See `base.Ledger`."""

        async def ask(connection: Any) -> Outcome | None:
            row = await connection.fetchrow(SQL["record"], *key_row(key))
            if row is None:
                return None
            guesses = await connection.fetch(SQL["guesses_of"], [row[0]])
            return Outcome(key, rows.load_instructions(tuple(row)), tuple(map(rows.load_guess, guesses)))

        return await self._read(ask)

    async def records(
        self, *, after: str = "", limit: int | None = None
    ) -> AsyncIterator[tuple[InstructionRecord, tuple[GuessRecord, ...]]]:
        """See `base.Ledger`."""
        while limit is None or limit > 0:
            size = _PAGE if limit is None else min(limit, _PAGE)
            page = await self._records_page(after, size)
            for item in page:
                yield item
            if len(page) < size:
                return
            after, limit = page[-1][0].id, None if limit is None else limit - size

    async def _records_page(self, after: str, size: int) -> list[tuple[InstructionRecord, tuple[GuessRecord, ...]]]:
        async def ask(connection: Any) -> list[tuple[InstructionRecord, tuple[GuessRecord, ...]]]:
            found = await connection.fetch(SQL["records_after"], after, size)
            records = [rows.load_instructions(tuple(row)) for row in found]
            loaded = map(rows.load_guess, await connection.fetch(SQL["guesses_of"], [record.id for record in records]))
            guesses = {id_: tuple(items) for id_, items in groupby(loaded, key=lambda item: item.instructions_score_id)}
            return [(record, guesses.get(record.id, ())) for record in records]

        return await self._read(ask)

    async def failures(self) -> list[Failure]:
        """See `base.Ledger`."""
        return [rows.load_failure(row) for row in await self._fetch("failures")]

    async def matching(self, where: str) -> list[SampleKey]:
        """See `base.Ledger`."""

        async def ask(connection: Any) -> list[SampleKey]:
            try:
                found = await connection.fetch(SQL["matching"].replace("/*where*/", where))
            except Exception as error:
                if getattr(error, "sqlstate", None) is None:
                    raise
                raise LedgerError(f"--where {where!r}: {error}; it is an SQL condition over `instructions`") from error
            return [rows.load_key(*row) for row in found]

        return await self._read(ask)

    async def check(self, *, mend: bool = False) -> list[Finding]:
        """See `base.Ledger`. Damaged pages are the server's own business (`pg_amcheck`)."""

        async def act(group: write.Group) -> list[Finding]:
            found = [(name, await group.one(name)) for name in RULES]
            broken = [(name, *row) for name, row in found if row[0]]
            for name, *_ in broken if mend else []:
                for statement in MENDS.get(name, ()):
                    await group.all(statement)
            return [Finding(RULES[name], n, example or "", mend and name in MENDS) for name, n, example in broken]

        async def look(connection: Any) -> list[Finding]:
            return await act(write.Group(connection))

        return await (self._write(act) if mend else self._read(look))

    async def aclose(self) -> None:
        """See `base.Ledger`."""
        if not self._closed:
            self._closed = True
            await self._groups.drained()
            await self._server.close()

    async def _write(self, act: write.Act) -> Any:
        if self._server.read_only or self._closed:
            how = "closed" if self._closed else "open for reading only"
            raise LedgerError(f"ledger {self.url}: it is {how}; nothing was written")
        return await self._groups.submit(act)

    async def _read(self, question: Any) -> Any:
        if self._closed:
            raise LedgerError(f"ledger {self.url}: it is closed")
        return await self._server.read(question)

    async def _fetch(self, name: str, *values: Any) -> list[Any]:
        async def ask(connection: Any) -> list[Any]:
            return await connection.fetch(SQL[name], *values)

        return await self._read(ask)


def _page(found: Sequence[Any], cursor: int) -> CompletedPage:
    return CompletedPage(tuple(rows.load_key(*row[1:]) for row in found), cursor)


def _check_protocol(ledger: PostgresLedger) -> object:  # pyright: ignore[reportUnusedFunction]
    from soar2cot.ledger.base import Ledger

    kept: Ledger = ledger
    return kept
