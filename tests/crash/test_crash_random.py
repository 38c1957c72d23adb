"""kill -9 at random instants, while a reader looks at progress.json all the time."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest

from tests.crash.kit import Job


class Reader(threading.Thread):
    """Polls progress.json; a file that is not whole, or that shrinks, is a fault."""

    def __init__(self, job: Job) -> None:
        super().__init__(daemon=True)
        self._job = job
        self._end = threading.Event()
        self.looks = 0
        self.fault: Exception | None = None

    def run(self) -> None:
        seen: set[tuple[str, int, str]] = set()
        while not self._end.is_set():
            try:
                now = set(self._job.completed())
                assert seen <= now, f"entries are gone: {sorted(seen - now)[:3]}"
                seen = now
            except Exception as error:  # noqa: BLE001 - told to the test by the main thread
                self.fault = error
                return
            self.looks += 1
            time.sleep(0.001)

    def end(self) -> None:
        self._end.set()
        self.join()


def campaign(job: Job, *, kills: int, seed: int) -> int:
    """Kills runs at random instants until `kills` hit or all is done; gives how many hit."""
    chance, hits = random.Random(seed), 0
    while hits < kills:
        child = job.start(concurrency=4)
        child.join(chance.uniform(0.05, 1.2))
        if child.exitcode is None:
            child.kill()
            child.join()
            hits += 1
        if child.exitcode == 0:
            break
    while job.run()[0] != 0:
        pass
    return hits


@pytest.mark.parametrize(
    ("n_samples", "kills"),
    [(300, 12), pytest.param(3000, 220, marks=pytest.mark.slow)],
)
def test_killed_again_and_again(quick_path: Path, n_samples: int, kills: int) -> None:
    calm = Job(quick_path / "calm", n_samples)
    assert calm.run()[0] == 0
    job = Job(quick_path / "killed", n_samples)
    reader = Reader(job)
    reader.start()
    hits = campaign(job, kills=kills, seed=1)
    reader.end()
    assert reader.fault is None
    assert reader.looks > 0
    job.check_whole()
    assert job.content() == calm.content()
    paid_again = sum(count - 1 for count in job.paid_calls().values())
    assert paid_again <= 4 * hits  # at most the calls that were in flight at each kill
    print(f"kills {hits}, looks at progress.json {reader.looks}, calls paid again {paid_again}, lost 0, doubled 0")
