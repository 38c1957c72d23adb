"""The synthetic job killed at every fault point and at random instants: nothing lost, doubled or torn."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from soar2cot import faults
from soar2cot.ledger.crash_job import Job, inspect, sample_key, sample_number, work
from tests.postgres_server import Server, need_server, shared_server


def campaign(url: str, *, kills: int, workers: int, samples: int = 200, seed: int = 0) -> dict[str, Any]:
    command = [sys.executable, "-m", "soar2cot.ledger.crashtest", url]
    options = ["--kills", str(kills), "--workers", str(workers), "--seed", str(seed), "--samples", str(samples)]
    done = subprocess.run(
        [*command, *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_sound(report: dict[str, Any], *, kills: int) -> None:
    assert report["broken"] == 0, report
    assert (report["lost"], report["lost_answers"], report["doubled"], report["torn"]) == (0, 0, 0, 0)
    assert report["kills"] >= kills
    assert report["notes"] == []
    struck = {name.split(" x ")[0] for name, n in report["strikes"].items() if n}
    assert struck == {name for name in faults.POINTS if name.startswith("ledger.")}
    assert len(report["strikes"]) == 3 * len(struck)


def test_sqlite_stands_every_fault_point_and_random_kills(quick_path: Path) -> None:
    assert_sound(campaign(f"sqlite:///{quick_path}/ledger.db", kills=15, workers=1), kills=20)
    assert list(quick_path.iterdir()) == []


@pytest.mark.postgres
def test_postgres_stands_every_fault_point_and_random_kills_of_three_workers() -> None:
    need_server()
    assert_sound(campaign(shared_server().url().split("&")[0], samples=80, kills=6, workers=3), kills=10)


@pytest.mark.slow
def test_sqlite_stands_two_thousand_kills(tmp_path: Path) -> None:
    assert_sound(
        campaign(f"sqlite:///{tmp_path}/ledger.db", kills=2_000, workers=1, samples=1_500, seed=7), kills=2_000
    )


@pytest.mark.slow
@pytest.mark.postgres
def test_postgres_stands_five_hundred_kills() -> None:
    need_server()
    server = Server(durable=True)
    assert_sound(campaign(server.url().split("&")[0], kills=500, workers=3, samples=1_500, seed=7), kills=500)


# --- the inspector itself


def test_the_inspector_sees_what_is_lost_torn_and_unanswered(tmp_path: Path) -> None:
    job = Job(f"sqlite:///{tmp_path}/ledger.db", 12)
    asyncio.run(work(job, lambda _: None))
    everything = set(range(12))
    verdict = asyncio.run(inspect(job, everything, everything, whole=True))
    assert (verdict.completed, verdict.lost, verdict.lost_answers, verdict.doubled, verdict.torn) == (12, 0, 0, 0, 0)
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("DELETE FROM completed WHERE task_id = '00000001'")
    connection.execute("UPDATE calls SET answer = 'another' WHERE task_id = '00000002'")
    connection.execute("UPDATE guess SET grids = '[[[7]]]' WHERE instructions_score_id LIKE '%00000003%'")
    connection.commit()
    connection.close()
    verdict = asyncio.run(inspect(job, everything, everything, whole=True))
    assert (verdict.lost, verdict.lost_answers) == (1, 1)
    assert any("sample 3 is not what was written" in note for note in verdict.notes) or verdict.torn >= 2


def test_keys_and_numbers_are_inverse() -> None:
    assert [sample_number(sample_key(n)) for n in range(500)] == list(range(500))
