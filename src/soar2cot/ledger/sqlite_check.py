"""What must not be in a SQLite ledger, and mending what can be proved."""

from __future__ import annotations

import sqlite3

from soar2cot.ledger.base import Finding
from soar2cot.ledger.schema import statements
from soar2cot.ledger.sqlite_write import Group

SQL = statements("sqlite")
RULES = {
    "check_uncompleted": "results of samples that are not completed",
    "check_missing": "completed samples whose result is missing",
    "check_orphans": "guesses of no instructions",
    "check_guessless": "results without two guesses",
    "check_both": "samples both completed and parked",
    "check_claimed": "samples both completed and claimed",
    "check_sums": "sums that differ from what they sum",
}
MENDS = {
    "check_orphans": ("mend_orphans",),
    "check_both": ("mend_both",),
    "check_claimed": ("mend_claimed",),
    "check_sums": ("mend_sums_clear", "mend_sums"),
}


def check(connection: sqlite3.Connection) -> list[Finding]:
    """Every rule that is broken; damaged pages first."""
    return [*_damage(connection), *(found for name in RULES if (found := _broken(connection, name)))]


def mend(group: Group) -> list[Finding]:
    """The same, and mends what can be proved, inside the group's transaction."""
    found = [(name, _broken(group.connection, name)) for name in RULES]
    for name in [name for name, finding in found if finding and name in MENDS]:
        for statement in MENDS[name]:
            group.run(statement)
    return [
        *_damage(group.connection),
        *(Finding(item.kind, item.n, item.example, mended=name in MENDS) for name, item in found if item),
    ]


def _broken(connection: sqlite3.Connection, name: str) -> Finding | None:
    n, example = connection.execute(SQL[name]).fetchone()
    return Finding(RULES[name], n, example or "") if n else None


def _damage(connection: sqlite3.Connection) -> list[Finding]:
    lines = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
    return [] if lines == ["ok"] else [Finding("damaged pages", len(lines), lines[0])]
