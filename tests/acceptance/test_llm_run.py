"""Whole runs of the model engine against the scripted server, as a user starts and steers them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from soar2cot.config import RunConfig, parse_config
from soar2cot.control import Control, write_control
from soar2cot.events import CallsUnderWay
from soar2cot.run import RunOptions, execute
from soar2cot.testing import Capacity, ScriptedServer


def config(server: ScriptedServer, run_dir: Path, **settings: object) -> RunConfig:
    given = {"engine": "llm", "writer": {"base_url": server.base_url, "model": "m"}, "run_dir": run_dir} | settings
    return parse_config(given, source="the test")


async def until(true: Callable[[], bool], *, longest_s: float = 60) -> None:
    async with asyncio.timeout(longest_s):
        while not true():  # noqa: ASYNC110 - a server in this loop is watched
            await asyncio.sleep(0.01)


async def test_the_limit_of_calls_can_be_changed_while_it_runs(quick_path: Path) -> None:
    told: list[tuple[int, int]] = [(0, 0)]
    options = RunOptions()
    options.events.subscribe(
        lambda event: told.append((event.in_flight, event.limit)) if isinstance(event, CallsUnderWay) else None
    )
    async with ScriptedServer(capacity=Capacity(service_s=0.2)) as server:
        started = config(server, quick_path, max_concurrency=16, select={"limit": 60})
        running = asyncio.create_task(execute(started, options))
        await until(lambda: told[-1] == (16, 16))
        for limit in (2, 24):
            write_control(quick_path, Control(limit=limit))
            await until(lambda limit=limit: told[-1] == (limit, limit))
            assert server.counts.in_flight <= limit
        write_control(quick_path, Control(limit="auto"))
        await until(lambda: told[-1][1] < 24)  # it begins anew, with few
        server.capacity = Capacity()
        summary = await running
    assert summary.completed == 60
    assert not summary.failed
