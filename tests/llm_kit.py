"""What the tests of the model engine share: a puzzle, a journal in memory, a client without long waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from soar2cot.challenge import Challenge, Example, Input
from soar2cot.config import Endpoint, RunConfig
from soar2cot.engines.llm.engine import LlmEngine
from soar2cot.events import Event, Events
from soar2cot.journal import Journal
from soar2cot.ledger.base import Ledger
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.llm.client import Patience, PatientClient
from soar2cot.llm.cost import Meter, Prices
from soar2cot.llm.health import Health
from soar2cot.llm.limit import Limiter, MaxConcurrency
from soar2cot.llm.openai import OpenAITransport
from soar2cot.llm.wire import public_address
from soar2cot.records import Outcome, Sample, SampleKey
from soar2cot.solve import solve_challenge
from soar2cot.testing import Oracle, ScriptedServer

CODE = "def transform(grid):\n    return [row[::-1] for row in grid]"
KEY = SampleKey("007bbfb7", 0, "original")
INPUTS = ([[1, 2], [3, 4]], [[1, 0, 0]], [[5, 6, 7], [0, 0, 1]])
TEST_INPUT = [[1, 2, 3]]


def mirrored(grid: list[list[int]]) -> list[list[int]]:
    return [row[::-1] for row in grid]


PUZZLE = Challenge("007bbfb7", tuple(Example(grid, mirrored(grid)) for grid in INPUTS), (Input(TEST_INPUT),))


def sample(key: SampleKey = KEY, code: str = CODE) -> Sample:
    outputs = tuple(pair.output for pair in PUZZLE.train)
    return Sample(key, code, "somebody", 0, (True,) * 3, outputs, (True,), (mirrored(TEST_INPUT),))


def endpoint(server: ScriptedServer, **settings: object) -> Endpoint:
    return Endpoint(base_url=server.base_url, **({"model": "m"} | settings))


def config(server: ScriptedServer, **settings: object) -> RunConfig:
    given = {"engine": "llm", "writer": endpoint(server), "final_follow_times": 1, "sandbox": "none"} | settings
    return RunConfig.model_validate(given)


@dataclass
class Bench:
    """A journal, an engine and all that they told."""

    config: RunConfig
    ledger: Ledger
    api_key: str | None = "sk-test-123456"
    max_concurrency: MaxConcurrency = 8
    patience: Patience = field(default_factory=lambda: Patience(first_wait_s=0.001, max_wait_s=0.01))
    told: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.events = Events()
        self.events.subscribe(self.told.append)
        self.journal = Journal(self.ledger, self.events)
        self.client = self._client()
        self.engine = LlmEngine(self.config, self.journal, {public_address(self.config.writer.base_url): self.client})

    def _client(self) -> PatientClient:
        transport = OpenAITransport(self.config.writer, self.api_key)

        async def soon(_: float) -> None:
            import asyncio

            await asyncio.sleep(0.005)

        return PatientClient(
            transport,
            limiter=Limiter(self.max_concurrency),
            meter=Meter(Prices({})),
            patience=self.patience,
            health=Health(transport.address, events=self.events, sleep=soon),
        )

    async def solve(self, what: Sample | None = None) -> Outcome:
        what = what or sample()
        [claim] = await self.ledger.claim([what.key], run_id="run-1", lease_s=600)
        try:
            async with self.journal.opened(claim):
                return await solve_challenge(
                    PUZZLE, [mirrored(TEST_INPUT)], self.config, what.code, sample=what, engine=self.engine
                )
        finally:
            await self.ledger.release([claim])


@asynccontextmanager
async def bench(configuration: RunConfig, ledger: Ledger | None = None, **settings: object) -> AsyncIterator[Bench]:
    ledger = ledger or MemoryLedger()
    if not await ledger.runs():
        await ledger.start_run(config={}, fingerprint="f", data_identity=None, engine_version="v")
    given = Bench(configuration, ledger, **settings)  # type: ignore[arg-type]
    try:
        yield given
    finally:
        await given.engine.aclose()


@contextmanager
def served(*orders: tuple[str, dict[str, Any]], **how: Any) -> Iterator[ScriptedServer]:
    """A scripted server in a thread of its own."""
    server, up, loop = ScriptedServer(Oracle(), **how), threading.Event(), asyncio.new_event_loop()
    for fault, details in orders:
        server.order(fault, **details)

    async def serve() -> None:
        await server.start()
        up.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run)
    thread.start()
    up.wait()
    yield server
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
