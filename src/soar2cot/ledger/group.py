"""Group commit: what is asked for at the same time becomes one transaction with one sync.

    callers ──submit──► pending ──(one group at a time)──► start(group) ──► every caller is told

The first submission of a quiet moment waits for the end of the event loop's turn, so that callers woken by one
group form the next one together, without any timer. While a group is being synced, the next one gathers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from soar2cot.errors import LedgerError, Soar2CotError

T = TypeVar("T")
MAX_GROUP = 1_024


class GroupCommit(Generic[T]):
    """Gathers operations and applies them group by group, in the order in which they came.

    Args: start: begins to make one group durable, in a thread or a task; that gives for each operation its result,
          or the exception that the operation alone is to blame for. What it raises meets every caller of the group.
    """

    def __init__(self, start: Callable[[Sequence[T]], Future[list[Any]] | asyncio.Task[list[Any]]]) -> None:
        self._start = start
        self._pending: list[tuple[T, asyncio.Future[Any]]] = []
        self._busy = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def submit(self, operation: T) -> Any:
        """Applies the operation with whatever else is asked for; returns when it is durable.

        A caller that is cancelled meanwhile does not take its operation back.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._pending.append((operation, future))
        if not self._busy:
            self._begin(loop)
        return await future

    async def drained(self) -> None:
        """Returns when nothing is queued or under way."""
        await self._idle.wait()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._busy = True
        self._idle.clear()
        loop.call_soon(self._flush, loop)

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        group, self._pending = self._pending[:MAX_GROUP], self._pending[MAX_GROUP:]
        operations = [operation for operation, _ in group]
        futures = [future for _, future in group]
        work = self._start(operations)
        work.add_done_callback(lambda done: loop.call_soon_threadsafe(self._finish, loop, futures, done))

    def _finish(self, loop: asyncio.AbstractEventLoop, futures: list[asyncio.Future[Any]], done: Any) -> None:
        error = asyncio.CancelledError() if done.cancelled() else done.exception()
        results = [error] * len(futures) if error is not None else done.result()
        for future, result in zip(futures, results, strict=True):
            _settle(future, result)
        self._busy = False
        if self._pending:
            self._begin(loop)
        else:
            self._idle.set()


def _settle(future: asyncio.Future[Any], result: Any) -> None:
    if future.done():
        return
    if isinstance(result, BaseException):
        future.set_exception(_as_ledger_error(result))
    else:
        future.set_result(result)


def _as_ledger_error(error: BaseException) -> BaseException:
    """An exception of its own for every caller: a traceback grows on the one that is raised twice."""
    if isinstance(error, Soar2CotError):
        copy = type(error)(*error.args)
        copy.__cause__ = error.__cause__
        return copy
    if isinstance(error, Exception):
        wrapped = LedgerError(f"the ledger could not write: {error}; nothing of it was written, try it again")
        wrapped.__cause__ = error
        return wrapped
    return error
