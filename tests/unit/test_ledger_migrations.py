"""A ledger of any earlier schema opens; a migration that is struck leaves the old schema or the new one."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from soar2cot import faults
from soar2cot.errors import LedgerError
from soar2cot.ledger import schema
from soar2cot.ledger.sqlite import SqliteLedger
from tests.ledger_kit import RUN, key, outcome

FROZEN = Path(__file__).parent / "frozen_schemas"
RELEASED = sorted(path.name for path in FROZEN.glob("*.sql"))
LATER = ("ALTER TABLE runs ADD COLUMN colour TEXT", "UPDATE runs SET colour = 'blue'")


@pytest.mark.parametrize("name", RELEASED)
def test_a_released_migration_was_not_edited(name: str) -> None:
    package = Path(schema.__file__).parent / "sql"
    assert (package / name).read_bytes() == (FROZEN / name).read_bytes()


@pytest.mark.parametrize("backend", ["sqlite", "postgres"])
def test_every_migration_is_frozen(backend: str) -> None:
    assert {f"{backend}_{n:04d}.sql" for n in schema.migrations(backend)} <= set(RELEASED)


@pytest.mark.parametrize("backend", ["sqlite", "postgres"])
def test_every_statement_says_what_it_gives(backend: str) -> None:
    text = (Path(schema.__file__).parent / "sql" / f"{backend}.sql").read_text()
    names = [line for line in text.splitlines() if line.startswith("-- name: ")]
    assert len(names) == len(set(names)) == len(schema.statements(backend))
    for block in text.split("-- name: ")[1:]:
        assert block.splitlines()[1].startswith("-- "), block


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def old_ledger(path: Path) -> None:
    ledger = await SqliteLedger.open(path)
    run = await ledger.start_run(**RUN)
    for claim in await ledger.claim([key(1), key(2)], run_id=run, lease_s=60):
        await ledger.commit(claim, outcome(claim.key), run_id=run)
    await ledger.aclose()


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    known = schema.migrations("sqlite")
    monkeypatch.setattr(schema, "migrations", lambda _: {**known, max(known) + 1: LATER})


@pytest.mark.usefixtures("newer")
async def test_an_older_ledger_is_brought_up_to_date_with_all_that_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        known = schema.migrations("sqlite")
        before.setattr(schema, "migrations", lambda _: {n: known[n] for n in list(known)[:-1]})
        await old_ledger(tmp_path / "ledger.db")
    with pytest.raises(LedgerError, match="older soar2cot and this command only reads"):
        await SqliteLedger.open(tmp_path / "ledger.db", read_only=True)
    ledger = await SqliteLedger.open(tmp_path / "ledger.db")
    assert (await ledger.counts()).completed == 2
    assert await ledger.record(key(1)) == outcome(key(1))
    await ledger.aclose()
    connection = sqlite3.connect(tmp_path / "ledger.db")
    assert connection.execute("SELECT colour FROM runs").fetchall() == [("blue",)]
    connection.close()


async def test_a_newer_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    await old_ledger(tmp_path / "ledger.db")
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("INSERT INTO migrations VALUES (99, '')")
    connection.commit()
    connection.close()
    before = digest(tmp_path / "ledger.db")
    with pytest.raises(LedgerError, match=r"newer soar2cot \(schema 99, .*upgrade soar2cot"):
        await SqliteLedger.open(tmp_path / "ledger.db")
    assert digest(tmp_path / "ledger.db") == before


@pytest.mark.parametrize("action", ["kill", "raise", "full"])
def test_a_migration_that_is_struck_is_whole_or_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    asyncio.run(old_ledger(tmp_path / "ledger.db"))
    known = schema.migrations("sqlite")
    monkeypatch.setattr(schema, "migrations", lambda _: {**known, max(known) + 1: LATER})
    pid = os.fork()
    if pid == 0:
        faults.arm("ledger.migrate.before_commit", action)
        try:
            asyncio.run(SqliteLedger.open(tmp_path / "ledger.db"))
        finally:
            os._exit(3)
    status = os.waitpid(pid, 0)[1]
    assert (os.WTERMSIG(status) if action == "kill" else os.WEXITSTATUS(status)) in {signal.SIGKILL, 3}
    connection = sqlite3.connect(tmp_path / "ledger.db")
    assert [row[1] for row in connection.execute("PRAGMA table_info(runs)") if row[1] == "colour"] == []
    assert connection.execute("SELECT max(version) FROM migrations").fetchone() == (max(known),)
    connection.close()
    asyncio.run(_opens_with_two(tmp_path / "ledger.db"))


async def _opens_with_two(path: Path) -> None:
    ledger = await SqliteLedger.open(path)
    assert (await ledger.counts()).completed == 2
    await ledger.aclose()
