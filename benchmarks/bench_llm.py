"""The model engine against a bare aiohttp loop, and the self-finding limit against the best fixed one.

    python benchmarks/bench_llm.py                  both tables
    python benchmarks/bench_llm.py --calls 5000     more calls in each turn
    python benchmarks/bench_llm.py --only live      the second table in real time, four minutes

First table: whole calls of the engine (prompt built, intent durable, sent, parsed, validated, answer durable) and, in
turns with it, a loop that sends prepared bytes and drops the answers. Same server, which answers at once; Python's
collector is set as a run sets it, for both. The engine is on the event loop that a run gives it (uvloop), the bare
loop on asyncio's own; how the bare loop does on uvloop is printed below. CPU is that of the client process alone,
threads included.
Second table: virtual time, so it does not depend on this machine. The third is the same with the real client, over
HTTP to the scripted server, three servers at once.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from soar2cot.challenge import Challenge, Example, Input
from soar2cot.concurrency import all_of, quick_loop
from soar2cot.config import Endpoint, RunConfig, Step
from soar2cot.engines.base import Question
from soar2cot.engines.llm.engine import open_llm_engine
from soar2cot.engines.llm.prompts import write_prompt
from soar2cot.engines.llm.requests import Asking, ladder
from soar2cot.events import Events
from soar2cot.garbage import seldom_collected
from soar2cot.journal import Journal
from soar2cot.ledger import open_ledger
from soar2cot.llm.autolimit import AutoLimit
from soar2cot.llm.client import PatientClient
from soar2cot.llm.limit import Limiter
from soar2cot.llm.openai import OpenAITransport
from soar2cot.records import SampleKey
from soar2cot.testing import Capacity, ScriptedServer, fixed_answers

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.unit.llm_simulation import Server, Simulation

TURNS = 3


def question(number: int) -> Question:
    """A question of about 5 KB, each another."""
    grid = [[(row * column + number) % 10 for column in range(15)] for row in range(15)]
    pairs = tuple(Example(grid, grid[::-1]) for _ in range(4))
    code = f"def transform(grid):\n    # {number}\n    return grid[::-1]\n"
    key = SampleKey(f"{number % 400:08x}", number // 400, "original")
    return Question(key, Challenge(key.task_id, pairs, (Input(grid),)), code, Step(), "0.write.1")


async def bare(base_url: str, n_calls: int, in_flight: int) -> None:
    """Prepared bytes out, answers dropped."""
    endpoint = Endpoint(base_url=base_url, model="m")
    asking, rung = Asking(endpoint, "m"), ladder(endpoint)[0]
    bodies = iter(
        [asking.request(write_prompt(question(n)), rung, pictures=False, correction=None).body for n in range(n_calls)]
    )
    headers = {"Content-Type": "application/json"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session, measured():

        async def work() -> None:
            for body in bodies:
                async with session.post(f"{base_url}/chat/completions", data=body) as response:
                    await response.read()

        await all_of(work() for _ in range(in_flight))


async def whole(base_url: str, n_calls: int, in_flight: int) -> None:
    """The engine with its journal on SQLite, one call a sample."""
    config = RunConfig(
        engine="llm", writer=Endpoint(base_url=base_url, model="m"), max_concurrency=in_flight, sandbox="none"
    )
    with tempfile.TemporaryDirectory() as root:
        ledger = await open_ledger(f"sqlite:///{root}/ledger.db")
        run_id = await ledger.start_run(config={}, fingerprint="f", data_identity=None, engine_version="v")
        questions = [question(n) for n in range(n_calls)]
        claims = await ledger.claim([item.key for item in questions], run_id=run_id, lease_s=3_600)
        journal = Journal(ledger, Events())
        engine = open_llm_engine(config, journal=journal)
        jobs = iter(zip(questions, claims, strict=True))
        async with measured():

            async def work() -> None:
                for item, claim in jobs:
                    async with journal.opened(claim):
                        await engine.write(item)

            await all_of(work() for _ in range(in_flight))
        await engine.aclose()
        await ledger.aclose()


class measured:
    """Wall and CPU seconds of the block that was measured last."""

    wall_s = 0.0
    cpu_s = 0.0

    async def __aenter__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    async def __aexit__(self, *_: object) -> None:
        measured.wall_s, measured.cpu_s = time.perf_counter() - self._wall, time.process_time() - self._cpu


Work = Callable[[str, int, int], Coroutine[Any, Any, None]]


def turn(work: Work, base_url: str, n_calls: int, in_flight: int, *, quick: bool = False) -> tuple[float, float]:
    """(calls per second, CPU seconds per 1,000 calls); `quick`: on the loop that a run takes."""
    with seldom_collected(), asyncio.Runner(loop_factory=quick_loop() if quick else None) as runner:
        runner.run(work(base_url, n_calls, in_flight))
    return n_calls / measured.wall_s, measured.cpu_s / n_calls * 1_000


def engine_table(n_calls: int) -> None:
    server = subprocess.Popen([sys.executable, "-m", "soar2cot.testing", "--fixed"], stdout=subprocess.PIPE, text=True)
    try:
        base_url = orjson.loads(server.stdout.readline())["base_url"]  # type: ignore[union-attr]
        print(f"{n_calls} calls a turn, {TURNS} turns each, medians")
        print("in flight | bare calls/s  CPU s/1,000 | engine calls/s  CPU s/1,000 | calls/s  CPU  (engine : bare)")
        for in_flight in (64, 256, 1_000):
            turns = [
                (turn(bare, base_url, n_calls, in_flight), turn(whole, base_url, n_calls, in_flight, quick=True))
                for _ in range(TURNS)
            ]
            (b_rate, b_cpu), (w_rate, w_cpu) = (
                tuple(statistics.median(values) for values in zip(*side, strict=True))
                for side in zip(*turns, strict=True)
            )
            rate = statistics.median(w[0] / b[0] for b, w in turns)
            cpu = statistics.median(w[1] / b[1] for b, w in turns)
            print(
                f"{in_flight:9} | {b_rate:12.0f}  {b_cpu:11.2f} | {w_rate:14.0f}  {w_cpu:11.2f} |"
                f" {rate:6.2f}  {cpu:5.2f}",
                flush=True,
            )
            b_rate, b_cpu = turn(bare, base_url, n_calls, in_flight, quick=True)
            print(f"           the bare loop on uvloop, one turn: {b_rate:.0f} calls/s, {b_cpu:.2f} CPU s/1,000")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory of this process, 1,000 calls in flight included: {peak:.0f} MB")
    finally:
        server.terminate()
        server.wait()


def limit_table() -> None:
    print("\nauto against the best fixed number, virtual time, service 0.5 s; after 30 s, and 20 s after a change")
    print("slots  queue |  throughput    p95   429 | then slots  throughput    p95   429")
    for slots in (4, 32, 256):
        for queue in (None, 0):
            for then in (slots // 2, slots * 2):
                run = Simulation(Server(slots, queue=queue), AutoLimit())
                run.run(until=60)
                first = shown(run, slots, 30, 60)
                run.set_slots(then)
                run.run(until=120)
                print(f"{slots:5}  {queue!s:>5} |  {first} | {then:10}  {shown(run, then, 80, 120)}", flush=True)


SERVICE_S = 1.0  # client and servers share a process: of 0.5 s, 512 slots would keep its one core busy
SETTLE_S, CHANGED_S = 30.0, 20.0  # of service, until a limit must have been found, and found again


def live_table() -> None:
    print(f"\nauto over HTTP, service {SERVICE_S} s; throughput against all slots in use, after 30 s and 20 s")
    print("      slots  queue |  throughput    p95   429 | then slots  throughput    p95   429")
    with asyncio.Runner(loop_factory=quick_loop()) as runner:
        for queue, change in ((None, 0.5), (0, 2)):
            runner.run(all_of_one_kind(queue, change))


async def all_of_one_kind(queue: int | None, change: float) -> None:
    await all_of(live(slots, queue, int(slots * change)) for slots in (4, 32, 256))


async def live(slots: int, queue: int | None, then: int) -> None:
    """Callers that always have more to ask, over the client of a run; a line of the table."""
    capacity = Capacity(slots=slots, service_s=SERVICE_S, spread=0.1, queue=queue)
    latencies: list[float] = []
    async with ScriptedServer(fixed_answers, capacity=capacity) as server:
        transport = OpenAITransport(Endpoint(base_url=server.base_url, model="m"), None)
        client = PatientClient(transport, limiter=Limiter("auto"))
        request = Asking(Endpoint(), "m").request(
            write_prompt(question(0)), ladder(Endpoint())[0], pictures=False, correction=None
        )

        async def call() -> None:
            while True:
                latencies.append((await client.send(request)).latency_s)

        async def seen(wait_s: float, n_slots: int) -> str:
            await asyncio.sleep(wait_s)
            latencies.clear()
            before = server.counts.refused
            await asyncio.sleep(wait_s)
            n_done, refused = len(latencies), server.counts.refused - before
            p95 = statistics.quantiles(latencies, n=20)[-1]
            throughput = n_done / wait_s / (n_slots / SERVICE_S)
            return f"{throughput:10.2f}  {p95 / SERVICE_S:5.2f}  {refused / (n_done + refused):.3f}"

        callers = [asyncio.create_task(call()) for _ in range(4 * max(slots, then))]
        try:
            first = await seen(SETTLE_S, slots)
            server.set_slots(then)
            print(f"live {slots:5}  {queue!s:>5} |  {first} | {then:10}  {await seen(CHANGED_S, then)}", flush=True)
        finally:
            for caller in callers:
                caller.cancel()
            await asyncio.gather(*callers, return_exceptions=True)
            await client.aclose()


def shown(run: Simulation, slots: int, start: float, end: float) -> str:
    """Throughput over that of `slots` calls at once, p95 over unloaded, share refused."""
    service_s = run.server.service_s
    best = slots / service_s
    return (
        f"{run.throughput(start, end) / best:10.2f}  {run.p95(start, end) / service_s:5.2f}"
        f"  {run.refused_share(start, end):.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--only", choices=["engine", "limit", "live"])
    given = parser.parse_args()
    if given.only in {None, "engine"}:
        engine_table(given.calls)
    if given.only in {None, "limit"}:
        limit_table()
    if given.only == "live":
        live_table()


if __name__ == "__main__":
    main()
