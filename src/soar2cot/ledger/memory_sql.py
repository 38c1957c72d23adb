"""SQL conditions for the ledger in memory: its results are put into a table of SQLite and asked there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing

from soar2cot.ledger import rows, sqlite_read
from soar2cot.ledger.schema import migrations, statements
from soar2cot.records import Outcome, SampleKey


def matching(outcomes: Iterable[Outcome], where: str) -> list[SampleKey]:
    """Keys of the results for which the condition holds, in order."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in migrations("sqlite")[1]:
            connection.execute(statement)
        values = (rows.instructions_row(outcome.record, created_s=0) for outcome in outcomes)
        connection.executemany(statements("sqlite")["put_instructions"], values)
        return sqlite_read.matching(connection, where)
