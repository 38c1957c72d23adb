"""A run on a Ray cluster that loses an actor, its driver and its database: nothing lost, doubled or paid for again."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.postgres_server import need_server

pytestmark = pytest.mark.postgres


def campaign(*arguments: str) -> dict[str, object]:
    """In a process of its own: Ray changes signals and leaves threads behind."""
    pytest.importorskip("ray")
    need_server()
    command = [sys.executable, "-m", "tests.crash.ray_campaign", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout, done.stderr[-3_000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    assert found["good"], found
    return found


def test_an_actor_the_driver_and_the_database_are_killed_and_a_stop_drains_all() -> None:
    found = campaign("--kills", "4", "--samples", "30", "--nodes", "1", "--service-s", "0.1")
    assert found["killed"] == {"actor": 1, "driver": 1, "database": 1, "stop": 1}


@pytest.mark.slow
def test_fifty_kills_of_anything() -> None:
    found = campaign("--kills", "55", "--samples", "1500")
    assert isinstance(found["kills_hit"], int)
    assert found["kills_hit"] >= 50
