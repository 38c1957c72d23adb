"""A run that can be killed: the real composition, ledger, journal and progress.json, with an engine that pays.

Each call to the model is noted in a file before its answer is used: that is the bill.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import scipy.ndimage

import soar2cot.engines.symbolic.engine
import soar2cot.ledger.sqlite
from soar2cot import faults
from soar2cot.challenge import render_grid
from soar2cot.config import RunConfig
from soar2cot.engines.base import Followed, FollowQuestion, Question
from soar2cot.engines.scripted import ScriptedEngine
from soar2cot.errors import Soar2CotError
from soar2cot.executor.work import Solver
from soar2cot.journal import Journal
from soar2cot.llm.base import Announce, Answer, Request
from soar2cot.logs import configure_logs
from soar2cot.pipeline import Pipeline, Settings, Stop, Summary
from soar2cot.records import Instructions, Sample
from soar2cot.run import RunOptions, execute, exit_code
from soar2cot.soar_loader import BadRow, load_arc_tasks

PRELOADED = (scipy.ndimage, soar2cot.engines.symbolic.engine, soar2cot.ledger.sqlite)  # else each child imports them


class PaidClient:
    """A model that reverses rows; every request costs a line in the bill."""

    def __init__(self, bill: Path) -> None:
        self._bill = os.open(bill, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    async def send(self, request: Request, *, announce: Announce | None = None, turn: object = ()) -> Answer:
        if announce is not None:
            await announce()
        os.write(self._bill, request.body.replace(b" ", b"_").replace(b"\n", b"|") + b"\n")
        return Answer(f"answer to {request.body.decode()}", None, "stop", 1, 0, 1, 0.0)

    async def aclose(self) -> None: ...


class PayingEngine(ScriptedEngine):
    """Writes through the journal, follows by reversing each row."""

    def __init__(self, journal: Journal, client: PaidClient) -> None:
        super().__init__()
        self._journal = journal
        self._client = client

    async def write(self, question: Question) -> Instructions:
        texts = [await self._ask(question, f"{question.place}.{n}") for n in range(3)]
        return Instructions(texts[0], " ".join(texts[1:]))

    async def _ask(self, question: Question, place: str) -> str:
        body = f"{question.key} {place} {render_grid(question.challenge.test[0].input)}".encode()
        request = Request("paid", "http://localhost", "text", body)
        call = await self._journal.call(question.key, place, request, self._client)
        return call.answer or ""

    async def follow(self, question: FollowQuestion) -> Followed:
        return Followed([row[::-1] for row in question.input])


class ScriptedExecutor:
    """Runs the ordinary pipeline in this process with the paying engine."""

    def __init__(self, config: RunConfig, bill: Path, **rooms: Any) -> None:
        self._config = config
        self._bill = bill
        self._rooms = rooms

    async def run(self, samples: Iterator[Sample | BadRow], stop: Stop) -> Summary:
        rooms, config = self._rooms, self._config
        engine = PayingEngine(rooms["journal"], PaidClient(self._bill))
        solver = Solver(config, engine, load_arc_tasks(config.arc), rooms["journal"])
        assert isinstance(config.max_concurrency, int)
        settings = Settings(rooms["run_id"], config.max_concurrency, max_deaths=1_000, grace_s=config.grace_s)
        pipeline = Pipeline(rooms["ledger"], solver, events=rooms["events"], settings=settings, shows=rooms["shows"])
        return await pipeline.run(samples, stop)


def main(
    run_dir: Path, data: Path, arc: Path, bill: Path, concurrency: int, ledger: str | None, fault: str, said: Path
) -> None:
    """One start of the product on `run_dir`; ends the process with its exit code."""
    os.dup2(os.open(said, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644), 2)
    faults.arm_from_text(fault)
    configure_logs(level="info")
    config = RunConfig(run_dir=run_dir, data=str(data), arc=arc, max_concurrency=concurrency, ledger=ledger)

    def executor(config: RunConfig, **rooms: Any) -> ScriptedExecutor:
        return ScriptedExecutor(config, bill, **rooms)

    try:
        code = exit_code(asyncio.run(execute(config, RunOptions(executor=executor))))
    except (Soar2CotError, RuntimeError, OSError) as error:
        print(f"soar2cot: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        code = 1
    sys.exit(code)
