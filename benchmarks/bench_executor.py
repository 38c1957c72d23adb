"""What more workers bring, and what handing out the work costs.

    python benchmarks/bench_executor.py                      all tables
    python benchmarks/bench_executor.py --only stream        stream, actors, cost, symbolic; cluster: the first three

stream     the run's side alone: actors that return at once, samples of a real file
actors     model engine, a server that takes 50 ms a call, a fixed limit for each actor: 1 against 4 actors
cost       the same samples with `--executor local` and with one actor: CPU of all processes but server and database
symbolic   the local executor with 1 and with 2 worker processes; beside it, in turns, 1 and 2 bare processes that solve
           the same samples with no run, no ledger and nobody who hands them out: what this machine's second core gives

A Ray cluster of several nodes and a PostgreSQL server are started on this machine. Rates are taken between the first
and the last tenth of the samples, so that starting and ending does not count.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing as mp
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.crash.kit import write_arc, write_data
from tests.ledger_kit import outcome
from tests.postgres_server import Server
from tests.ray_cluster import RayNodes

from soar2cot.config import ApiKeys, Cluster, Endpoint, RunConfig, Selection
from soar2cot.events import Event, Events, SampleCompleted
from soar2cot.executor.crew import Crew
from soar2cot.executor.ray import Actors, connected
from soar2cot.executor.remote import Order, Packed, Report, Task
from soar2cot.executor.work import Solver
from soar2cot.garbage import seldom_collected
from soar2cot.ledger.base import Claim
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.logs import configure_logs
from soar2cot.pipeline import Stop
from soar2cot.records import Sample, SampleKey
from soar2cot.run import RunOptions, execute
from soar2cot.sample import sample_path
from soar2cot.soar_loader import load_arc_tasks, open_soar
from soar2cot.solve import opened_engine

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass
class Clock:
    """When samples were completed; `look` is called at the first and the last tenth of `n_samples`."""

    times: list[float] = field(default_factory=list[float])
    n_samples: int = 0
    look: Callable[[], None] = lambda: None

    def watch(self, event: Event) -> None:
        if isinstance(event, SampleCompleted):
            self.times.append(time.perf_counter())
            if self.n_samples and len(self.times) in (self.n_samples // 10, self.n_samples - self.n_samples // 10):
                self.look()

    @property
    def rate(self) -> float:
        """Samples a second between the first and the last tenth."""
        n = len(self.times)
        first, last = n // 10, n - 1 - n // 10
        return (last - first) / (self.times[last] - self.times[first])


async def timed(config: RunConfig, clock: Clock | None = None) -> Clock:
    """A whole run."""
    clock, options = clock or Clock(), RunOptions()
    options.events.subscribe(clock.watch)
    await execute(config, options)
    return clock


# --- the run's side alone


class AtOnce(Packed):
    """In place of a worker: everything is done at once, nothing is computed or stored."""

    async def open(self, task: Task) -> int:
        return 2

    async def turn(self, order: Order) -> Report:
        if not order.items:
            await asyncio.sleep(0.01)
        return Report(tuple(SampleCompleted(outcome(item.key), 0.0) for item in order.items))

    async def close(self) -> None: ...


async def stream(n_samples: int, n_workers: int, address: str) -> None:
    async def shown(_: SampleKey) -> None: ...

    clock, events, ledger = Clock(), Events(), MemoryLedger()
    events.subscribe(clock.watch)
    rows = list(open_soar(sample_path()).stream())
    items = islice((row for _ in range(n_samples) for row in rows), n_samples)
    numbered = (_renamed(item, n) for n, item in enumerate(items))
    with connected(Cluster(address=address, runtime_env=path_of_tests())) as ray:
        actors = Actors(ray, Task(RunConfig(), "run", ApiKeys()), n_workers, kind=AtOnce)
        crew = Crew(actors, ledger=ledger, run_id="r", events=events, shows=shown, grace_s=1, max_deaths=3)
        cpu_s = time.process_time()
        await crew.run(numbered, Stop())
        cpu_s = time.process_time() - cpu_s
    print(
        f"{n_samples} samples, {n_workers} actors: {clock.rate:.0f} samples/s, "
        f"{cpu_s / n_samples * 1e3:.3f} ms of CPU each"
    )
    print(f"FIGURE ray.stream_per_s {clock.rate:.4g}")


def _renamed(item: Any, n: int) -> Any:
    return replace(item, key=SampleKey(item.key.task_id, n, item.key.data_type))


def path_of_tests() -> dict[str, Any]:
    return {"env_vars": {"PYTHONPATH": str(Path(__file__).parent.parent) + ":" + str(Path(__file__).parent)}}


# --- with a model


@dataclass
class Site:
    """Data, a model server and a database for runs of `n_samples`."""

    root: Path
    n_samples: int
    service_s: float
    database: Server = field(default_factory=lambda: Server(durable=True))
    number: int = 0

    def __enter__(self) -> Site:
        write_arc(self.root / "arc")
        write_data(self.root / "soar.parquet", self.n_samples)
        command = [sys.executable, "-m", "soar2cot.testing", "--service-s", str(self.service_s)]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout is not None
        self.base_url = json.loads(self.server.stdout.readline())["base_url"]
        return self

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait()
        self.database.remove()

    def config(self, **settings: Any) -> RunConfig:
        """A fresh run directory on a fresh schema."""
        self.number += 1
        schema = f"bench{self.number}"
        self.sql(f"CREATE SCHEMA {schema}")
        return RunConfig(
            engine="llm",
            writer=Endpoint(base_url=self.base_url, model="m"),
            sandbox="none",
            data=str(self.root / "soar.parquet"),
            arc=self.root / "arc",
            run_dir=self.root / f"run{self.number}",
            ledger=self.database.url(schema),
            **settings,
        )

    def database_cpu_s(self) -> float:
        """CPU seconds of the database so far, ended connections included."""
        pid = int((self.database.folder / "data/postmaster.pid").read_text().split("\n")[0])
        children = [int(item) for item in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return cpu_s(pid, ended_children=True) + sum(map(cpu_s, children))

    def sql(self, query: str) -> list[Any]:
        import asyncpg

        async def ask() -> list[Any]:
            connection = await asyncpg.connect(self.database.url())
            try:
                return await connection.fetch(query)
            finally:
                await connection.close()

        return asyncio.run(ask())


def actors(n_samples: int, limit: int, address: str, root: Path) -> None:
    with Site(root, n_samples, 0.05) as site:
        rates: dict[int, float] = {}
        for n in (1, 4):
            cluster = Cluster(address=address)
            config = site.config(executor="ray", cluster=cluster, workers=n, max_concurrency=limit)
            before, cpu = commits(site), site.database_cpu_s()
            with Connections(site) as connections:
                rates[n] = asyncio.run(timed(config)).rate
            cpu = (site.database_cpu_s() - cpu) / n_samples * 1e3
            per_sample = (commits(site) - before) / n_samples
            print(
                f"{n} actors, {limit} samples and calls each: {rates[n]:.1f} samples/s; a sample costs the database "
                f"{per_sample:.1f} transactions and {cpu:.1f} ms of CPU; at most {connections.most} connections"
            )
        print(f"1 → 4 actors: {rates[4] / rates[1]:.2f} ×")
        print(f"FIGURE ray.scaling_4 {rates[4] / rates[1]:.4g}")


class Connections:
    """Counts the connections to the database while the block goes on, its own left out."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.most = 0

    def __enter__(self) -> Connections:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        query = "SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
        while not self._end.wait(1.0):
            self.most = max(self.most, self._site.sql(query)[0][0])


def commits(site: Site) -> int:
    """Transactions that the server has committed so far."""
    time.sleep(1.5)  # its statistics come a moment later
    return site.sql("SELECT sum(xact_commit)::bigint FROM pg_stat_database")[0][0]


def cost(n_samples: int, nodes: RayNodes, root: Path) -> None:
    def one_actor(site: Site) -> RunConfig:
        return site.config(executor="ray", cluster=Cluster(address=nodes.address), workers=1, max_concurrency=8)

    def here(site: Site) -> RunConfig:
        return site.config(max_concurrency=8)

    with Site(root, n_samples, 0.002) as site:
        names = ("local", "run", "actor", "daemons")
        found: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(3):
            found["local"].append(cpu_of(here(site), n_samples, nodes).run_s * 1e3)
            idle = idle_share(nodes)
            cpu = cpu_of(one_actor(site), n_samples, nodes)
            found["run"].append(cpu.run_s * 1e3)
            found["actor"].append(cpu.actors_s * 1e3)
            found["daemons"].append((cpu.daemons_s - idle * cpu.wall_s) * 1e3)
        local, run, actor, daemons = (sorted(found[name])[1] for name in names)
        print(
            f"local {local:.2f} ms of CPU a sample; one actor: the run {run:.2f} ms, the actor {actor:.2f} ms, "
            f"Ray's daemons {daemons:.2f} ms (medians of 3)"
        )
        print(
            f"one actor costs {run + actor + daemons - local:.2f} ms more, {run + actor - local:.2f} ms without daemons"
        )
        print(f"FIGURE ray.cpu_ms {run + actor + daemons - local:.4g}")


@dataclass
class Cpu:
    """CPU seconds of this process, of the actors, of Ray's daemons, and wall seconds."""

    run_s: float
    actors_s: float
    daemons_s: float
    wall_s: float


def cpu_of(config: RunConfig, n_samples: int, nodes: RayNodes) -> Cpu:
    """What a sample of a run costs, between the first and the last tenth."""
    seen: list[Cpu] = []

    def look() -> None:
        run_s = own_cpu()
        seen.append(Cpu(run_s, total_cpu_s(nodes.actors()), total_cpu_s(nodes.daemons()), time.perf_counter()))
        looking_s.append(own_cpu() - run_s)

    looking_s: list[float] = []
    asyncio.run(timed(config, Clock(n_samples=n_samples, look=look)))
    (a, b), n = seen, n_samples - 2 * (n_samples // 10)
    run_s = b.run_s - a.run_s - looking_s[0]
    return Cpu(run_s / n, (b.actors_s - a.actors_s) / n, (b.daemons_s - a.daemons_s) / n, (b.wall_s - a.wall_s) / n)


def total_cpu_s(pids: list[int]) -> float:
    return sum(map(cpu_s, pids))


def own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def idle_share(nodes: RayNodes) -> float:
    """CPU seconds a second that Ray's daemons take while nothing is done."""
    before = total_cpu_s(nodes.daemons())
    time.sleep(10)
    return (total_cpu_s(nodes.daemons()) - before) / 10


def cpu_s(pid: int, *, ended_children: bool = False) -> float:
    """CPU seconds of a process so far, 0 where it is gone."""
    try:
        values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, values[11 : 15 if ended_children else 13])) * TICK_S


# --- without a model


def symbolic(root: Path, data: str | None, limit: int) -> None:
    rates: dict[int, list[float]] = {1: [], 2: []}
    bare: dict[int, list[float]] = {1: [], 2: []}
    selection = Selection(limit=limit)
    for turn in range(3):
        for n in (1, 2):
            config = RunConfig(workers=n, run_dir=root / f"symbolic{turn}.{n}", data=data, select=selection)
            rates[n].append(asyncio.run(timed(config)).rate)
            bare[n].append(bare_rate(config, n))
    ratio, ceiling = middle_ratio(rates), middle_ratio(bare)
    for name, found in (("symbolic, local", rates), ("symbolic, bare processes", bare)):
        one, two = sorted(found[1])[1], sorted(found[2])[1]
        print(
            f"{name}: 1 worker {one:.1f}, 2 workers {two:.1f} samples/s; {middle_ratio(found):.2f} × "
            "(medians of 3, in turns)"
        )
    print(f"of what the second core gives bare processes, the run keeps {ratio / ceiling:.2f}")
    print(f"FIGURE local.scaling_2 {ratio:.4g}")
    print(f"FIGURE local.scaling_2_of_bare {ratio / ceiling:.4g}")


def middle_ratio(rates: dict[int, list[float]]) -> float:
    """Two against one: the median of the turns."""
    return sorted(b / a for a, b in zip(rates[1], rates[2], strict=True))[1]


def bare_rate(config: RunConfig, n_processes: int) -> float:
    """Samples a second of processes that take the next row of a list that each has, and drop what comes out."""
    context = mp.get_context("spawn")
    ready, next_row = context.Barrier(n_processes + 1), context.Value("i", 0)
    times = context.Queue()
    processes = [context.Process(target=solve_bare, args=(config, ready, next_row, times)) for _ in range(n_processes)]
    for process in processes:
        process.start()
    ready.wait()
    clock = Clock(sorted(item for _ in processes for item in times.get()))
    for process in processes:
        process.join()
    return clock.rate


def solve_bare(config: RunConfig, ready: Any, next_row: Any, times: Any) -> None:
    """Life of a bare process."""

    async def solve_all() -> list[float]:
        ended: list[float] = []
        rows = list(rows_of(config))
        async with opened_engine(config) as engine:
            solver = Solver(config, engine, load_arc_tasks(config.arc))
            ready.wait()
            while (n := taken_next(next_row)) < len(rows):
                with suppress(Exception):  # a program that fails is parked in a run
                    await solver(rows[n], Claim(rows[n].key, 0, 0))
                ended.append(time.perf_counter())
        return ended

    configure_logs(level="error")
    with seldom_collected():
        times.put(asyncio.run(solve_all()))


def rows_of(config: RunConfig) -> Iterator[Sample]:
    """The samples that a run with this configuration streams, without those that cannot be solved."""
    stream = open_soar(config.data or sample_path(), select=config.select).stream()
    return (item for item in stream if isinstance(item, Sample))


def taken_next(number: Any) -> int:
    with number.get_lock():
        number.value += 1
        return number.value - 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["stream", "actors", "cost", "cluster", "symbolic"])
    parser.add_argument("--samples", type=int, default=600, help="of the runs with a model")
    parser.add_argument("--data", help="for symbolic; default: the sample that ships, some of it slow on purpose")
    parser.add_argument("--symbolic-samples", type=int, default=186)
    parser.add_argument("--stream-samples", type=int, default=20_000)
    parser.add_argument("--limit", type=int, default=2, help="samples and calls at once in each actor")
    given = parser.parse_args()
    configure_logs(level="error")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory(prefix="soar2cot-bench-") as folder:
        root = Path(folder)
        if given.only in (None, "symbolic"):
            symbolic(root, given.data, given.symbolic_samples)
        if given.only == "symbolic":
            return
        with RayNodes(4) as nodes:
            if given.only in (None, "cluster", "stream"):
                asyncio.run(stream(given.stream_samples, 2, nodes.address))
            if given.only in (None, "cluster", "actors"):
                actors(given.samples, given.limit, nodes.address, root / "actors")
            if given.only in (None, "cluster", "cost"):
                cost(given.samples, nodes, root / "cost")


if __name__ == "__main__":
    main()
