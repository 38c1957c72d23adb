"""Whether a ledger can be kept at an address: what is tried, what is told, that nothing stays."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner

from soar2cot.cli import cli
from soar2cot.ledger import fitness
from soar2cot.ledger.fitness import report_ledger
from tests.postgres_server import fresh_database


async def test_a_folder_that_can_be_written_is_fit_and_stays_as_it_is(tmp_path: Path) -> None:
    found = await report_ledger(f"sqlite:///{tmp_path}/runs/new/ledger.db")
    assert found.fit
    assert found.about
    assert found.commit_ms is not None and found.commit_ms > 0
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_cannot_be_made_is_unfit(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = await report_ledger(f"sqlite:///{tmp_path}/file/ledger.db")
    assert (found.fit, found.commit_ms) == (False, None)
    assert "file cannot be written (Not a directory); give write permission" in str(found.problem)


async def test_a_network_file_system_is_unfit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitness, "file_system", lambda _: "nfs4")
    found = await report_ledger(f"sqlite:///{tmp_path}/ledger.db")
    assert found.about == "nfs4"
    assert "a network file system" in str(found.problem)


async def test_an_address_of_no_kind_is_unfit() -> None:
    assert "no such kind" in str((await report_ledger("mysql://x")).problem)


def test_doctor_tells_of_the_ledger_of_a_run_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = CliRunner().invoke(cli, ["doctor", "--run-dir", str(tmp_path), "--json"])
    ledger = json.loads(told.stdout)["ledger"]
    assert (ledger["address"], ledger["fit"], ledger["problem"]) == (str(tmp_path / "ledger.db"), True, None)
    monkeypatch.setattr(fitness, "file_system", lambda _: "nfs")
    told = CliRunner().invoke(cli, ["doctor", "--run-dir", str(tmp_path)])
    assert told.exit_code == 1
    assert "ledger: unfit, ledger " in told.stdout


@pytest_asyncio.fixture
async def url() -> AsyncIterator[str]:
    async with fresh_database(bare=True) as (address, _):
        yield address


@pytest.mark.postgres
async def test_a_server_is_tried_and_gets_no_table(url: str) -> None:
    import asyncpg

    found = await report_ledger(url)
    assert found.fit, found.problem
    assert found.about.startswith("PostgreSQL 1")
    assert found.commit_ms is not None and found.commit_ms > 0
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT to_regclass('migrations')") is None
    await connection.close()


@pytest.mark.postgres
async def test_a_server_that_will_not_do_is_unfit(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = await report_ledger(url.replace("search_path=", "search_path=none_"))
    assert "may make no tables" in str(nowhere.problem)
    monkeypatch.setattr(fitness, "OLDEST_POSTGRES", 99)
    assert "too old; 99 or newer is needed" in str((await report_ledger(url)).problem)


@pytest.mark.postgres
async def test_a_server_that_is_not_there_is_unfit(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await report_ledger("postgresql://me:secret@127.0.0.1:1/x")
    assert "the database does not answer" in str(found.problem)
    assert "secret" not in f"{found.address}{found.problem}"
