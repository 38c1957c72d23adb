"""This machine: worker processes for an engine that computes, this process for one that waits for a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

import structlog

from soar2cot.children import n_cores
from soar2cot.config import ApiKeys, RunConfig
from soar2cot.control import Control, obey
from soar2cot.events import Events
from soar2cot.executor.processes import Processes
from soar2cot.executor.work import Solver
from soar2cot.feed import Feed, Item, ReadAhead
from soar2cot.journal import Journal
from soar2cot.ledger.base import Ledger
from soar2cot.pipeline import Pipeline, Settings, Shows, Solve, Stop, Summary
from soar2cot.soar_loader import load_arc_tasks
from soar2cot.solve import opened_engine

log = structlog.get_logger()

SAMPLES_PER_WORKER = 2  # one being solved, one being claimed or committed
WAITING_SAMPLES = 512  # samples in flight where calls have a limit of their own


Steering: TypeAlias = Callable[[Path, Callable[[Control], None]], Awaitable[None]]
LimitCalls: TypeAlias = "Callable[[int | Literal['auto']], None]"


@dataclass(frozen=True, slots=True)
class LocalExecutor:
    """Runs the pipeline in this process; see the module. `steering` brings what is wished from outside, for ever."""

    config: RunConfig
    run_id: str
    ledger: Ledger
    journal: Journal
    events: Events
    shows: Shows
    keys: ApiKeys = field(default_factory=ApiKeys)
    steering: Steering = obey

    async def run(self, samples: Iterator[Item], stop: Stop) -> Summary:
        """As `Executor.run`."""
        return await self.work_off(ReadAhead(samples), stop)

    async def work_off(self, feed: Feed, stop: Stop) -> Summary:
        """As `run`, with what `feed` has."""
        async with self._solve() as (solve, limit_calls):
            pipeline = Pipeline(self.ledger, solve, events=self.events, settings=self._settings(), shows=self.shows)
            return await self._steered(pipeline, limit_calls, feed, stop)

    async def _steered(self, pipeline: Pipeline, limit_calls: LimitCalls, feed: Feed, stop: Stop) -> Summary:
        """Runs it while `pause`, `resume` and `limit` are listened to."""

        def apply(control: Control) -> None:
            limit = control.limit or self.config.max_concurrency
            limit_calls(limit)
            pipeline.slots.limit = 0 if control.paused else self._in_flight(limit)
            log.info("Steered from outside", paused=control.paused, limit=limit)

        steering = asyncio.ensure_future(self.steering(self.config.run_dir, apply))
        try:
            return await pipeline.work_off(feed, stop)
        finally:
            steering.cancel()

    def _settings(self) -> Settings:
        return Settings(
            run_id=self.run_id,
            max_in_flight=self.max_in_flight,
            max_deaths=self.config.max_attempts,
            grace_s=self.config.grace_s,
            lease_s=self.config.lease_s,
        )

    @property
    def max_in_flight(self) -> int:
        """How many samples are under way at once, unless it is steered otherwise."""
        return self._in_flight(self.config.max_concurrency)

    def _in_flight(self, limit: int | Literal["auto"]) -> int:
        if isinstance(limit, int):
            return limit
        return self.n_workers * SAMPLES_PER_WORKER if self.config.engine == "symbolic" else WAITING_SAMPLES

    @property
    def n_workers(self) -> int:
        """How many processes: what was asked for, or one a core that this process may use."""
        asked = self.config.workers
        limit = self.config.max_concurrency if isinstance(self.config.max_concurrency, int) else None
        n = asked if isinstance(asked, int) else n_cores()
        return max(1, min(n, limit) if limit else n)

    @asynccontextmanager
    async def _solve(self) -> AsyncGenerator[tuple[Solve, LimitCalls]]:
        if self.config.engine == "symbolic":
            processes = Processes(self.config, n_workers=self.n_workers, max_deaths=self.config.max_attempts)
            try:
                yield processes, lambda _: None  # programs call no model
            finally:
                await processes.aclose()
        else:
            async with opened_engine(self.config, journal=self.journal, keys=self.keys) as engine:
                yield Solver(self.config, engine, load_arc_tasks(self.config.arc), self.journal), engine.limit_calls
