"""What is read from SQLite: each function asks one question on a read-only connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from soar2cot.errors import LedgerError
from soar2cot.ledger import rows
from soar2cot.ledger.base import CompletedColumns, CompletedPage, Counts, RunInfo, Superseded
from soar2cot.ledger.rows import key_row
from soar2cot.ledger.schema import statements
from soar2cot.records import Call, Failure, GuessRecord, InstructionRecord, Outcome, SampleKey

SQL = statements("sqlite")


def runs(connection: sqlite3.Connection) -> list[RunInfo]:
    """All runs, the oldest first."""
    return [rows.load_run(row) for row in connection.execute(SQL["runs"])]


def get_meta(connection: sqlite3.Connection, name: str) -> str | None:
    """A small named value."""
    row = connection.execute(SQL["get_meta"], (name,)).fetchone()
    return None if row is None else rows.load_text(row[0])


def superseded(connection: sqlite3.Connection) -> list[Superseded]:
    """What can be restored, the latest first."""
    return [Superseded(row[0], rows.load_text(row[1]), *row[2:]) for row in connection.execute(SQL["superseded"])]


def completed(connection: sqlite3.Connection, after: int, limit: int | None) -> CompletedPage:
    """Keys in order of completion; the cursor is the number of the last."""
    keys: list[SampleKey] = []
    cursor = after
    for seq, *key in connection.execute(SQL["completed_after"], (after, -1 if limit is None else limit)):
        keys.append(rows.load_key(*key))
        cursor = seq
    return CompletedPage(tuple(keys), cursor)


def completed_columns(connection: sqlite3.Connection) -> CompletedColumns:
    """All keys as columns, parsed from long texts that SQLite itself put together."""
    from soar2cot.ledger.columns import columns_of_rounds

    (cursor,) = connection.execute(SQL["last_completed"]).fetchone()
    found = connection.execute(SQL["completed_text"])
    return columns_of_rounds((item for row in found for item in ((row[0], 0, row[1]), (row[0], 1, row[2]))), cursor)


def calls(connection: sqlite3.Connection, key: SampleKey) -> list[Call]:
    """The calls of a sample, in order of sending."""
    return [rows.load_call(key, row) for row in connection.execute(SQL["calls_of"], key_row(key))]


def spent(connection: sqlite3.Connection) -> tuple[int, float]:
    """(tokens, US dollars)."""
    tokens, nano_usd = connection.execute(SQL["sums"]).fetchone()[5:]
    return tokens, nano_usd / rows.NANO


def half_done(connection: sqlite3.Connection) -> tuple[int, int]:
    """(samples, answers)."""
    samples, answers = connection.execute(SQL["half_done"]).fetchone()
    return samples, answers


def counts(connection: sqlite3.Connection, claimed: int | Callable[[int], int]) -> Counts:
    """The sums; `claimed` is known, or judges what is on record."""
    done, scored, score_nano, perfect, n_calls, _, _ = connection.execute(SQL["sums"]).fetchone()
    failed = connection.execute(SQL["count_failures"]).fetchone()[0]
    if not isinstance(claimed, int):
        claimed = claimed(connection.execute(SQL["count_claims"]).fetchone()[0])
    mean = score_nano / rows.NANO / scored if scored else None
    return Counts(done, failed, claimed, n_calls, mean, perfect)


def record(connection: sqlite3.Connection, key: SampleKey) -> Outcome | None:
    """The result of one sample."""
    row = connection.execute(SQL["record"], key_row(key)).fetchone()
    if row is None:
        return None
    return Outcome(key, rows.load_instructions(row), tuple(_guesses(connection, row[0], row[0])))


def records_page(
    connection: sqlite3.Connection, after: str, limit: int
) -> list[tuple[InstructionRecord, tuple[GuessRecord, ...]]]:
    """At most `limit` results by id, of one instant."""
    connection.execute("BEGIN")
    try:
        records = [rows.load_instructions(row) for row in connection.execute(SQL["records_after"], (after, limit))]
        found = _guesses(connection, records[0].id, records[-1].id) if records else iter(())
        guesses = {id_: tuple(items) for id_, items in groupby(found, key=lambda guess: guess.instructions_score_id)}
    finally:
        connection.execute("COMMIT")
    return [(item, guesses.get(item.id, ())) for item in records]


def _guesses(connection: sqlite3.Connection, first: str, last: str) -> Iterator[GuessRecord]:
    return map(rows.load_guess, connection.execute(SQL["guesses_between"], (first, last)))


def failures(connection: sqlite3.Connection) -> list[Failure]:
    """The parked samples, by key."""
    return [rows.load_failure(row) for row in connection.execute(SQL["failures"])]


def matching(connection: sqlite3.Connection, where: str) -> list[SampleKey]:
    """Keys of the results that an expression chooses."""
    try:
        found: list[Any] = connection.execute(SQL["matching"].replace("/*where*/", where)).fetchall()
    except sqlite3.Error as error:
        columns = ", ".join(
            column[0] for column in connection.execute("SELECT * FROM instructions LIMIT 0").description
        )
        raise LedgerError(f"--where {where!r}: {error}; the columns are: {columns}") from error
    return [rows.load_key(*row) for row in found]
