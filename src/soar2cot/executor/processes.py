"""Worker processes for an engine that computes: each solves one sample at a time, each can die alone.

A worker is a fresh interpreter with its own engine and sandbox. The parent talks to it over a pipe; whoever
dies, the other notices: a worker leaves when its parent is gone, a sample whose worker died is given to another.
"""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, TypeAlias, cast

import structlog

from soar2cot.children import PARENTS_SIGNALS, live_as_child
from soar2cot.config import RunConfig
from soar2cot.errors import Soar2CotError, WorkerDiedError
from soar2cot.executor.parcel import packed, unpacked
from soar2cot.executor.work import Solver, portable
from soar2cot.garbage import seldom_collected
from soar2cot.ledger.base import Claim
from soar2cot.records import Outcome, Sample
from soar2cot.soar_loader import load_arc_tasks
from soar2cot.solve import opened_engine

SAMPLE_WALL_S = 900.0  # the net under all other limits: an engine that hangs costs one sample, not one worker
Reply: TypeAlias = "Outcome | Exception"
Pipe: TypeAlias = "Connection[Any, Any]"

log = structlog.get_logger()


class Processes:
    """Solves samples in `n_workers` processes.

    Crash: workers hold nothing that is not either in the ledger or done again.
    """

    def __init__(self, config: RunConfig, *, n_workers: int, max_deaths: int = 3) -> None:
        self._config = config
        self._max_deaths = max_deaths
        self._free: asyncio.Queue[_Worker] = asyncio.Queue()
        self._all = [_Worker(config) for _ in range(n_workers)]
        for worker in self._all:
            self._free.put_nowait(worker)

    async def __call__(self, sample: Sample, claim: Claim) -> Outcome:
        """Raises: as `Solver` does; WorkerDiedError: `max_deaths` workers died with this sample."""
        for death in range(1, self._max_deaths + 1):
            try:
                return await self._ask_one(sample)
            except WorkerDiedError as error:
                log.warning("Worker died", sample=str(sample.key), reason=str(error), death=death)
        raise WorkerDiedError(
            f"sample {sample.key}: {self._max_deaths} workers died with it; see the program with "
            f"`soar2cot failures`, give more memory, or leave it: the next run tries it again"
        )

    async def _ask_one(self, sample: Sample) -> Outcome:
        worker = await self._free.get()
        try:
            return await asyncio.wait_for(worker.ask(sample), SAMPLE_WALL_S)
        except TimeoutError:
            raise WorkerDiedError(f"sample {sample.key}: no result in {SAMPLE_WALL_S:.0f} s") from None
        finally:
            if worker.asked:  # cancelled or overdue in the middle: what it answers later is nobody's
                worker.stop()
            self._free.put_nowait(worker)

    async def aclose(self) -> None:
        """Ends all workers."""
        for worker in self._all:
            worker.stop()


class _Worker:
    """One process, started when it is first asked and again after it died."""

    def __init__(self, config: RunConfig) -> None:
        self._config = config
        self._process: SpawnProcess | None = None
        self._pipe: Pipe | None = None
        self.asked = False

    async def ask(self, sample: Sample) -> Outcome:
        pipe = self._started()
        try:
            pipe.send_bytes(packed(sample))
            self.asked = True
            await _readable(pipe)
            reply: Reply = unpacked(pipe.recv_bytes())
        except (EOFError, OSError) as error:
            self.stop()
            raise WorkerDiedError(f"sample {sample.key}: its worker process died") from error
        self.asked = False
        if isinstance(reply, Exception):
            raise reply
        return reply

    def stop(self) -> None:
        if self._process is not None and self._pipe is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
        self._process = self._pipe = None
        self.asked = False

    def _started(self) -> Pipe:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self.stop()
        context = mp.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._config))
        before = signal.pthread_sigmask(signal.SIG_BLOCK, PARENTS_SIGNALS)  # the parent's from the first moment
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        self._pipe, self._process = cast("Pipe", ours), process
        return self._pipe


async def _readable(pipe: Pipe) -> None:
    """Returns when the pipe holds an answer, or the other end is gone."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(pipe.fileno(), lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(pipe.fileno())


# --- in the worker


def _serve(pipe: Pipe, config: RunConfig) -> None:
    """The worker's life: one sample after the other until the pipe or the parent is gone."""
    live_as_child()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt), seldom_collected():
        asyncio.run(_answer_all(pipe, config))


async def _answer_all(pipe: Pipe, config: RunConfig) -> None:
    async with _solver(config) as solver:
        while True:
            sample: Sample = unpacked(pipe.recv_bytes())
            pipe.send_bytes(packed(await _reply(solver, sample)))


@asynccontextmanager
async def _solver(config: RunConfig) -> AsyncGenerator[Solver]:
    async with opened_engine(config) as engine:
        yield Solver(config, engine, load_arc_tasks(config.arc))


async def _reply(solver: Solver, sample: Sample) -> Reply:
    """The outcome, or the error as a value that a pipe can carry."""
    try:
        return await solver(sample, Claim(sample.key, 0, 0))
    except Soar2CotError as error:
        return error
    except Exception as error:  # noqa: BLE001 - it is parked by the pipeline, under its own name
        return portable(error)
