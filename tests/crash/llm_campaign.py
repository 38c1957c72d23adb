"""kill -9 at random instants over a run of the model engine, counted by the server.

    python -m tests.crash.llm_campaign --kills 300 --samples 1000 --data soar.parquet --seed 1

One server, two runs of the same samples: one undisturbed, one killed again and again, about evenly over its work, one
kill in five before its first call. The server counts every request: a call may come once, and once more for each kill
that met it on its way.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from soar2cot.soar_loader import ArcTask
from soar2cot.testing import Capacity, Oracle, ScriptedServer

CONFIG = """
lift = true
final_follow_times = 4
max_concurrency = {concurrency}

[[steps]]
kind = "write"
times = 2

[[steps]]
kind = "revise"
top_scores_used = 1
"""

_PRELOADED = [
    *("soar2cot.cli.run", "soar2cot.display.plain", "soar2cot.llm.openai", "soar2cot.ledger.sqlite"),
    *("soar2cot.engines.llm.engine", "tests.crash.llm_campaign_tasks"),
]


@dataclass
class Campaign:
    """What is done, and what came of it."""

    samples: int
    kills: int
    concurrency: int = 32
    seed: int = 1
    data: str | None = None
    minutes: float = 60.0
    n_kills: int = 0
    repeated: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    finished_repeated: int = 0
    unknown: int = 0
    said: int = 0
    identical: bool = False
    n_calls: int = 0
    calm_s: float = 0.0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._context = multiprocessing.get_context("forkserver")  # starts quickly: the imports are done once
        self._context.set_forkserver_preload(_PRELOADED)

    async def run(self, root: Path) -> Campaign:
        (root / "config.toml").write_text(CONFIG.format(concurrency=self.concurrency))
        oracle = Oracle(wrong=0.3)
        async with ScriptedServer(oracle, capacity=Capacity(slots=None, service_s=0.02, spread=0.9)) as server:
            self.calm_s = await self._calm(server, root / "calm")
            once = Counter(server.counts.started)
            self.n_calls = once.total()
            server.counts.started.clear()
            await self._disturb(server, root / "killed", once)
        self.identical = results(root / "calm") == results(root / "killed") != []
        return self

    async def _calm(self, server: ScriptedServer, run_dir: Path) -> float:
        """The undisturbed run; gives its seconds from the first call on."""
        finishing = asyncio.create_task(self._finish(server, run_dir))
        while not server.counts.started and not finishing.done():  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.01)
        first_call = time.monotonic()
        await finishing
        return time.monotonic() - first_call

    async def _finish(self, server: ScriptedServer, run_dir: Path) -> None:
        process = self._start(server, run_dir)
        await asyncio.to_thread(process.join)
        if process.exitcode not in {0, 3}:  # 3: rows that cannot be used are parked, in both runs alike
            raise RuntimeError(f"the run ended with {process.exitcode}: {_errors(run_dir)[-2000:]}")

    async def _disturb(self, server: ScriptedServer, run_dir: Path, once: Counter[str]) -> None:
        met: Counter[str] = Counter()  # how often a kill met a call that this process had sent
        stop_at = time.monotonic() + self.minutes * 60
        while self.n_kills < self.kills and time.monotonic() < stop_at:
            before = Counter(server.counts.started)
            if not await self._killed(server, run_dir):
                break  # all is done: fewer kills than wished
            self.n_kills += 1
            sent = server.counts.started - before
            open_now = in_flight(run_dir) & sent  # an intent that an earlier process left is not this kill's
            self.most_in_flight = max(self.most_in_flight, open_now.total())
            met.update(open_now)
        await self._finish(server, run_dir)
        self.in_flight = met.total()
        self.said = _errors(run_dir).count("Call may have been paid twice")
        rows = announced(run_dir)
        again = {name: count - rows[name] for name, count in server.counts.started.items() if count > rows[name]}
        self.repeated = sum(again.values())
        self.finished_repeated = sum(max(0, count - met[name]) for name, count in again.items())
        self.unknown = sum(name not in once for name in server.counts.started)

    async def _killed(self, server: ScriptedServer, run_dir: Path) -> bool:
        """Starts the run and kills it at an instant of its own; False where it was done before that."""
        before = server.counts.started.total()
        process = self._start(server, run_dir)
        deadline = time.monotonic() + (self._chance.uniform(0, 1) if self._chance.random() < 0.2 else 60)
        while server.counts.started.total() == before and process.is_alive() and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # another process is waited for
        if server.counts.started.total() > before:
            await asyncio.sleep(self._chance.uniform(0, self._longest_s(server)))
        if not process.is_alive():
            return False
        process.kill()
        await asyncio.to_thread(process.join)
        await _settled(server)
        return True

    def _longest_s(self, server: ScriptedServer) -> float:
        """So that the work that is left lasts for the kills that are left."""
        left = max(0, self.n_calls - len(server.counts.started)) / self.n_calls * self.calm_s
        return max(0.03, 1.6 * left / max(1, self.kills - self.n_kills))

    def _start(self, server: ScriptedServer, run_dir: Path) -> BaseProcess:
        arguments = [
            *("run", "--run-dir", str(run_dir), "--engine", "llm", "--yes"),
            *("--config", str(run_dir.parent / "config.toml"), "--base-url", server.base_url, "--model", "m"),
            *("--limit", str(self.samples), "--display", "quiet", "--log-level", "warning"),
            *(("--data", self.data) if self.data else ()),
        ]
        process = self._context.Process(target=_run, args=(arguments, run_dir.with_suffix(".log")))
        process.start()
        return process


async def _settled(server: ScriptedServer) -> None:
    """Returns when all that the dead process had sent has come: nothing new for a quarter of a second."""
    seen, calm = -1, 0
    while calm < 5:
        await asyncio.sleep(0.05)
        seen, calm = (seen, calm + 1) if server.counts.started.total() == seen else (server.counts.started.total(), 0)


def _run(arguments: list[str], log: Path) -> None:
    """In the child: the command line, as a user starts it, but for the ARC tasks, which are there already."""
    from soar2cot.cli import cli
    from soar2cot.executor import local

    local.load_arc_tasks = _already_there

    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(target, 1)
    os.dup2(target, 2)
    cli(arguments)


def _already_there(_: Path | None) -> Mapping[str, ArcTask]:
    from tests.crash.llm_campaign_tasks import TASKS

    return TASKS


def _errors(run_dir: Path) -> str:
    return run_dir.with_suffix(".log").read_text()


def in_flight(run_dir: Path) -> Counter[str]:
    """The prompts of calls announced without an answer, as the next run will find them."""
    if not (run_dir / "ledger.db").exists():
        return Counter()  # killed before there was a ledger
    with closing(sqlite3.connect(run_dir / "ledger.db", timeout=30)) as connection, connection:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'calls'").fetchone():
            return Counter()
        query = "SELECT lower(hex(prompt_hash)), prompt_hash FROM calls WHERE answer IS NULL"
        rows = connection.execute(query).fetchall()
    return Counter(plain if isinstance(plain, str) else hexed for hexed, plain in rows)


def announced(run_dir: Path) -> Counter[str]:
    """How many calls on record have a prompt: equal samples ask the same."""
    with closing(sqlite3.connect(run_dir / "ledger.db")) as connection, connection:
        rows = connection.execute("SELECT lower(hex(prompt_hash)), prompt_hash, count(*) FROM calls GROUP BY 2")
        return Counter({plain if isinstance(plain, str) else hexed: count for hexed, plain, count in rows})


def results(run_dir: Path) -> list[tuple[object, ...]]:
    """All that a user gets, without times."""
    columns = "id, task_id, round_index, instructions, input_output_analysis, transformation_method, model, score"
    with closing(sqlite3.connect(run_dir / "ledger.db")) as connection, connection:
        texts = connection.execute(f"SELECT {columns}, example_scores, step FROM instructions ORDER BY id").fetchall()
        guesses = connection.execute("SELECT id, guess_number, grids, avg_score FROM guess ORDER BY id").fetchall()
        parked = connection.execute("SELECT task_id, round_index, error_type FROM failures ORDER BY 1, 2").fetchall()
    return [*texts, *guesses, *parked]


def _wished(given: argparse.Namespace) -> Campaign:
    return Campaign(given.samples, given.kills, given.concurrency, given.seed, given.data, given.minutes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", help="SOAR rows, labelled is quicker; default: the sample that ships")
    parser.add_argument("--minutes", type=float, default=60.0, help="stop killing after so long")
    parser.add_argument("--directory", help="where to work; /dev/shm is quick")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soar2cot-campaign-", dir=given.directory) as root:
        done = asyncio.run(_wished(given).run(Path(root)))
    print(
        f"{given.samples} samples, {done.n_calls} calls, {done.n_kills} kills: {done.repeated} calls repeated, "
        f"{done.finished_repeated} of them finished ones; the kills met {done.in_flight} calls on their way "
        f"(at most {done.most_in_flight} at once), "
        f"{done.said} were said to be maybe paid twice; "
        f"{done.unknown} calls that the undisturbed run did not make; "
        f"results {'identical' if done.identical else 'DIFFERENT'}"
    )


if __name__ == "__main__":
    main()
