"""Slots: how much goes on at once, changeable while it goes on; jobs side by side; the loop under them."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")


def quick_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Makes a uvloop where that is installed (`soar2cot[llm]` brings it); None: asyncio's own loop.

    For whoever waits for thousands of answers: a call costs a seventh less CPU time on it (2026-11).
    """
    try:
        return importlib.import_module("uvloop").new_event_loop
    except ImportError:
        return None


class Slots:
    """A limit on what is under way, which can be moved while in use.

    Who waits with the lowest turn goes first; among equal turns, who came first.

    Lowering the limit takes nothing away from those inside: it holds back the next ones.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._in_use = 0
        self._waiting: list[tuple[tuple[Any, ...], int, asyncio.Future[None]]] = []  # a heap
        self._came = count()

    @property
    def limit(self) -> int:
        """How many may be inside."""
        return self._limit

    @limit.setter
    def limit(self, limit: int) -> None:
        self._limit = max(0, limit)
        self._wake()

    @property
    def in_use(self) -> int:
        """How many are inside."""
        return self._in_use

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._waiting)

    @asynccontextmanager
    async def one(self) -> AsyncGenerator[None]:
        """Holds one slot for the length of the block."""
        await self.acquire()
        try:
            yield
        finally:
            self.release()

    async def acquire(self, turn: tuple[Any, ...] = ()) -> None:
        """Takes a slot, waiting for it in line. Turns of one line can be compared with each other."""
        if self.take(1):
            return
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (turn, next(self._came), granted))
        try:
            await granted
        except asyncio.CancelledError:
            self._withdraw(granted)
            raise

    def take(self, most: int) -> int:
        """Takes the slots that are free, at most `most`, without waiting; gives how many."""
        n_taken = max(0, min(most, self._limit - self._in_use)) if not self._waiting else 0
        self._in_use += n_taken
        return n_taken

    def release(self, n: int = 1) -> None:
        """Gives slots back."""
        self._in_use -= n
        self._wake()

    def _withdraw(self, granted: asyncio.Future[None]) -> None:
        """Leaves the line; a slot that was granted in the same instant is given back."""
        if granted.done() and not granted.cancelled():
            self.release()
        else:  # `_wake` may have dropped the cancelled one before its task came to know
            self._waiting = [place for place in self._waiting if place[2] is not granted]
            heapify(self._waiting)

    def _wake(self) -> None:
        while self._waiting and self._in_use < self._limit:
            granted = heappop(self._waiting)[2]
            if not granted.done():
                self._in_use += 1
                granted.set_result(None)


async def all_of(jobs: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Runs the jobs side by side; gives their results in order.

    Raises: the error of the first job that failed, itself and not in a group; the others are cancelled by then.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(job) for job in jobs]
    except BaseExceptionGroup as errors:
        raise first_error(errors) from None
    return [task.result() for task in tasks]


def first_error(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first leaf of a group of errors: the one that made the others be cancelled."""
    first = errors.exceptions[0]
    return first_error(first) if isinstance(first, BaseExceptionGroup) else first  # pyright: ignore[reportUnknownArgumentType]


async def first_of(wanted: Coroutine[Any, Any, T], *ends: Coroutine[Any, Any, Any]) -> T | None:
    """What `wanted` gives, or None where one of `ends` came before it; the others are cancelled and waited for.

    Raises: what `wanted` raises.
    """
    first = asyncio.ensure_future(wanted)
    tasks = [first, *map(asyncio.ensure_future, ends)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return first.result() if first.done() else None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
