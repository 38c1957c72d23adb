"""Actors, nodes, the driver and the database killed at random over one run on a Ray cluster, and stops among them.

    python -m tests.crash.ray_campaign --kills 50 --samples 1500 --seed 1

Several nodes on this machine, real processes, a real PostgreSQL server, the model engine against a scripted server that
notes when each call came. The same samples are done once more, undisturbed and without Ray; both results are compared.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from soar2cot.ledger import open_ledger
from soar2cot.records import GuessRecord, InstructionRecord
from soar2cot.testing import Capacity, Oracle, ScriptedServer
from tests.crash.kit import write_arc, write_data
from tests.postgres_server import Server
from tests.ray_cluster import RayNodes

WEIGHTS = {"actor": 5, "driver": 2, "database": 2, "stop": 1, "node": 2}
CONFIG = """
engine = "llm"
sandbox = "weak"
max_concurrency = {concurrency}
lease_s = 20
final_follow_times = 1
writer = {{ model = "m" }}

[[steps]]
kind = "write"
"""
Kept = list[tuple[InstructionRecord, tuple[GuessRecord, ...]]]


class Timed(Counter[str]):
    """Counts the calls that came, and notes when."""

    def __init__(self) -> None:
        super().__init__()
        self.when: dict[str, list[float]] = {}

    def __setitem__(self, name: str, count: int) -> None:
        self.when.setdefault(name, []).append(time.monotonic())
        super().__setitem__(name, count)


@dataclass
class RayCampaign:
    """What is done, and what came of it."""

    samples: int
    kills: int
    seed: int
    nodes: int = 3
    concurrency: int = 4
    service_s: float = 0.3
    minutes: float = 60.0
    killed: Counter[str] = field(default_factory=Counter[str])
    starts: int = 0
    calls: int = 0
    repeated: int = 0
    finished_repeated: int = 0
    unique: bool = False
    parked: int = 0
    lost: int = 0
    doubled: int = 0
    findings: int = 0
    shown: int = 0
    identical: bool = False
    left_claimed: int = 0
    stopped_wrongly: int = 0
    seconds: float = 0.0
    longest_standstill_s: float = 0.0

    async def run(self, root: Path) -> RayCampaign:
        self._root, self._chance = root, random.Random(self.seed)
        write_arc(root / "arc")
        write_data(root / "soar.parquet", self.samples)
        (root / "config.toml").write_text(CONFIG.format(concurrency=self.concurrency))
        self._database = Server(durable=False)
        oracle = Oracle(wrong=0.3)
        async with ScriptedServer(
            oracle, capacity=Capacity(slots=None, service_s=self.service_s, spread=0.5)
        ) as server:
            self._server = server
            calm = await self._calm()
            server.counts.started = self._came = Timed()
            with RayNodes(self.nodes) as self._cluster:
                await self._disturbed()
            self.identical = await self._check(calm)
        self._database.remove()
        return self

    # --- runs

    def _command(self, run_dir: Path, *more: str) -> list[str]:
        return [
            *(sys.executable, "-m", "soar2cot", "run", "--run-dir", str(run_dir), "--yes", "--display", "quiet"),
            *("--config", str(self._root / "config.toml"), "--base-url", self._server.base_url),
            *("--data", str(self._root / "soar.parquet"), "--arc", str(self._root / "arc")),
            *("--log-level", "warning", *more),
        ]

    async def _calm(self) -> Kept:
        """Without Ray, and as quick as it goes."""
        self._server.capacity.service_s = 0.0
        process = self._start(self._command(self._root / "calm", "--max-concurrency", "32"))
        code = await asyncio.to_thread(process.wait)
        if code:
            raise RuntimeError(f"the undisturbed run ended with {code}: {self._said()}")
        self.calls, self.unique = self._server.counts.started.total(), max(self._server.counts.started.values()) == 1
        self._server.capacity.service_s = self.service_s
        return await records(f"sqlite:///{self._root / 'calm' / 'ledger.db'}")

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self._root / "said.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"OMP_NUM_THREADS": "1"})

    def _said(self) -> str:
        return (self._root / "said.log").read_text()[-3000:]

    def _start_driver(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        ray = ("--executor", "ray", "--address", self._cluster.address, "--workers", str(self.nodes))
        return self._start(self._command(self._root / "killed", "--ledger", self._database.url(), *ray))

    async def _disturbed(self) -> None:
        began = time.monotonic()
        watch = asyncio.create_task(self._watch_answers())
        driver = self._start_driver()
        while self.killed.total() < self.kills and time.monotonic() - began < 60 * self.minutes:
            if not await self._moving(driver):
                break
            await asyncio.sleep(self._chance.uniform(0, 2.0))
            driver = await self._strike(driver)
        while (code := await asyncio.to_thread(driver.wait)) == 3:
            self.parked += 1
            driver = self._start_driver()
        self.seconds = time.monotonic() - began
        watch.cancel()
        if code:
            raise RuntimeError(f"the last start ended with {code}: {self._said()}")

    async def _moving(self, driver: subprocess.Popen[bytes]) -> bool:
        """Waits until calls come again; False where the run has ended instead."""
        before, since = self._came.total(), time.monotonic()
        while self._came.total() < before + self.concurrency:
            if driver.poll() is not None:
                return False
            if time.monotonic() - since > 240:
                raise RuntimeError(f"nothing moves any more: {self._said()}")
            await asyncio.sleep(0.05)
        self.longest_standstill_s = max(self.longest_standstill_s, time.monotonic() - since)
        return True

    # --- kills

    async def _strike(self, driver: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        [kind] = self._chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        if self.killed.total() < len(WEIGHTS):
            kind = list(WEIGHTS)[self.killed.total()]  # each at least once
        if kind == "driver":
            driver.send_signal(signal.SIGKILL)
            await asyncio.to_thread(driver.wait)
            driver = self._start_driver()
        elif kind == "stop":
            await self._stop(driver)
            driver = self._start_driver()
        else:
            act: Callable[[], bool] = getattr(self, f"_kill_{kind}")
            if not await asyncio.to_thread(act):
                return driver
        self.killed[kind] += 1
        return driver

    async def _stop(self, driver: subprocess.Popen[bytes]) -> None:
        """One signal to the run drains all workers: it ends by itself, and nobody holds a sample any more."""
        driver.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(driver.wait)
        ledger = await open_ledger(self._database.url(), read_only=True)
        claimed = (await ledger.counts()).claimed
        await ledger.aclose()
        self.left_claimed += claimed
        self.stopped_wrongly += code != 143

    def _kill_actor(self) -> bool:
        actors = self._cluster.actors()
        if actors:
            os.kill(self._chance.choice(actors), signal.SIGKILL)
        return bool(actors)

    def _kill_node(self) -> bool:
        self._cluster.replace_node(self._chance)
        return True

    def _kill_database(self) -> bool:
        self._database.stop("immediate")
        time.sleep(self._chance.uniform(0, 1.0))
        self._database.start()
        return True

    # --- what came of it

    async def _watch_answers(self) -> None:
        """Notes when each answer was seen to be on record: from then on its call must not come again."""
        self._seen: dict[str, float] = {}
        while True:
            try:
                connection = await asyncpg.connect(self._database.url(), timeout=5)
                while True:
                    rows = await connection.fetch("SELECT prompt_hash FROM calls WHERE answer IS NOT NULL")
                    now = time.monotonic()
                    for row in rows:
                        name = row[0].hex() if isinstance(row[0], bytes) else row[0]
                        self._seen.setdefault(name, now)
                    await asyncio.sleep(0.1)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await asyncio.sleep(0.1)

    async def _check(self, calm: Kept) -> bool:
        await asyncio.sleep(0.2)
        self.repeated = sum(count - 1 for count in self._came.values())
        never = float("inf")
        self.finished_repeated = sum(
            when > self._seen.get(name, never) for name, times in self._came.when.items() for when in times
        )
        ledger = await open_ledger(self._database.url(), read_only=True)
        counts = await ledger.counts()
        self.lost = self.samples - counts.completed
        self.findings = len(await ledger.check()) + counts.failed + counts.claimed
        await ledger.aclose()
        done = await records(self._database.url())
        self.doubled = len(done) - len({record.key for record, _ in done})
        self.shown = len(orjson.loads((self._root / "killed" / "progress.json").read_bytes())["completed"])
        return done == calm != []

    @property
    def good(self) -> bool:
        """Whether all went as promised."""
        nothing = (
            self.lost,
            self.doubled,
            self.finished_repeated,
            self.findings,
            self.left_claimed,
            self.stopped_wrongly,
        )
        return self.identical and self.unique and not any(nothing) and self.shown == self.samples


async def records(url: str) -> Kept:
    """All that was made, in order."""
    ledger = await open_ledger(url, read_only=True)
    try:
        return [item async for item in ledger.records()]
    finally:
        await ledger.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--samples", type=int, default=1_500)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--service-s", type=float, default=0.3, help="seconds that a call takes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0, help="stop killing after so long")
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="soar2cot-ray-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    try:
        campaign = RayCampaign(
            given.samples, given.kills, given.seed, given.nodes, service_s=given.service_s, minutes=given.minutes
        )
        done = asyncio.run(campaign.run(root))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    told: dict[str, Any] = {name: value for name, value in vars(done).items() if not name.startswith("_")}
    kills_hit = done.killed.total() - done.killed["stop"]
    print(f"FIGURE ray.kills {kills_hit}")
    print(f"FIGURE ray.violations {done.lost + done.doubled + done.finished_repeated + done.findings}")
    print(orjson.dumps({**told, "kills_hit": kills_hit, "good": done.good}).decode())
    sys.exit(0 if done.good else 1)


if __name__ == "__main__":
    main()
