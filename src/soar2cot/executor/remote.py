"""One worker somewhere else: the ordinary local executor behind a short conversation with the run that feeds it.

The worker has its own engine, sandbox and connection to the ledger, and commits there itself. What goes back to the
run are small notices: which sample began, ended, what it cost. No record travels.

    run ── Order(samples, limit, stop) ──► worker
    run ◄── Report(what happened since) ── worker        one of each at a time; a report comes at the latest after
                                                         `patience_s`, so that both know that the other is there
"""

from __future__ import annotations

import asyncio
import os
import platform
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import structlog

from soar2cot.config import ApiKeys, RunConfig
from soar2cot.control import Control
from soar2cot.errors import Soar2CotError
from soar2cot.events import CallFinished, CallsUnderWay, Event, Events, SampleCompleted, SampleFailed, SampleLeft
from soar2cot.executor.local import LocalExecutor
from soar2cot.executor.parcel import packed, unpacked
from soar2cot.executor.work import portable
from soar2cot.feed import Item, taken
from soar2cot.journal import Journal
from soar2cot.ledger import open_ledger
from soar2cot.ledger.base import Ledger
from soar2cot.llm.cost import Share, Wish
from soar2cot.pipeline import Stop, Summary
from soar2cot.records import Call, Outcome, SampleKey

SHOWN_CHARACTERS = 400  # of a text that travels to be shown, at most
ABANDONED_AFTER_S = 120.0  # without an order: the run is gone, or has given this worker up
Line: TypeAlias = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is hired for. `keys` travel to the worker alone and are written down nowhere."""

    config: RunConfig
    run_id: str
    keys: ApiKeys


@dataclass(frozen=True, slots=True)
class Order:
    """What the run says. All fields but `items` hold until the next order.

    `allowance`: (tokens, US dollars) that the worker may spend from its start on, None where that is as it was;
    `spent`: there is nothing more.
    `limit`: samples at once, None leaves it to the worker, 0 starts nothing and gives back what was not begun.
    `stop`: why to drain; `now`: without grace. `gather_s`: how long news may wait for more of them; `patience_s`: for
    the first.
    """

    items: tuple[Item, ...] = ()
    limit: int | None = None
    stop: str | None = None
    now: bool = False
    allowance: tuple[float, float] | None = None
    spent: bool = False
    gather_s: float = 0.25
    patience_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """What the worker says. `events` and `lines` (warnings of its log) in the order in which they happened.

    `returned`: samples that were never begun. `wish`: calls stand still until an order has an `allowance` for it.
    `summary` or `error` stand in the last report.
    """

    events: tuple[Event, ...] = ()
    lines: tuple[Line, ...] = ()
    returned: tuple[SampleKey, ...] = ()
    wish: Wish | None = None
    summary: Summary | None = None
    error: Exception | None = None

    @property
    def last(self) -> bool:
        """Whether the worker is through: it takes no more samples."""
        return self.summary is not None or self.error is not None


class Packed(ABC):
    """Takes and gives turns as bytes: Ray's own way to pickle takes four times as long for such values (2026-11-24)."""

    @abstractmethod
    async def turn(self, order: Order) -> Report:
        """Takes an order, gives a report."""

    async def packed_turn(self, order: bytes) -> bytes:
        """As `turn`, with `parcel`'s bytes."""
        return packed(await self.turn(unpacked(order)))


class RemoteWorker(Packed):
    """Lives in the process of a worker; used from one event loop.

    Crash: what it had claimed is claimed again by another as soon as the run knows, or when the leases are over;
           answers that were paid for are in the journal.
    """

    def __init__(self) -> None:
        self.name = f"{platform.node()}:{os.getpid()}"
        self._inbox = _Inbox()
        self._stop = Stop()
        self._events = Events()
        self._events.subscribe(self._hear)
        self._heard: list[Event] = []
        self._under_way: dict[str, CallsUnderWay] = {}
        self._lines: list[Line] = []
        self._returned: list[SampleKey] = []
        self._wished: asyncio.Queue[Control] = asyncio.Queue()
        self._limit: int | None = None
        self._share = Share(self._wake)
        self._n_held = 0
        self._capacity = 1
        self._news = asyncio.Event()
        self._urgent = asyncio.Event()
        self._ledger: Ledger | None = None
        self._work: asyncio.Task[Summary] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._ordered_at = time.monotonic()

    async def open(self, task: Task) -> int | Exception:
        """Opens everything and begins to work; gives how many samples it has under way at once, or why it cannot."""
        structlog.configure(
            processors=[self._keep_line],
            wrapper_class=structlog.make_filtering_bound_logger(30),
        )
        try:
            self._ledger = await open_ledger(task.config.ledger or "")
        except Soar2CotError as error:
            return error
        executor = LocalExecutor(
            task.config,
            task.run_id,
            self._ledger,
            Journal(self._ledger, self._events, share=self._share if _has_budget(task.config) else None),
            self._events,
            _shown_elsewhere,
            task.keys,
            steering=self._steered,
        )
        self._capacity = executor.max_in_flight
        self._work = asyncio.create_task(executor.work_off(self._inbox, self._stop))
        self._work.add_done_callback(lambda _: self._wake())
        self._watch = asyncio.create_task(self._leave_when_abandoned())
        return self._capacity

    async def turn(self, order: Order) -> Report:
        """Takes the order, waits for something to tell, tells it."""
        self._ordered_at = time.monotonic()
        self._obey(order)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), order.patience_s)
            await asyncio.wait_for(self._urgent.wait(), order.gather_s)
        return await self._report()

    async def close(self) -> None:
        """Ends the work: nothing more comes. What is in flight has been told of by then, or is left to the journal."""
        self._drain("closed", now=True)
        if self._work is not None:
            await asyncio.gather(self._work, return_exceptions=True)
        if self._ledger is not None:
            await self._ledger.aclose()

    async def _leave_when_abandoned(self) -> None:
        while time.monotonic() - self._ordered_at < ABANDONED_AFTER_S:  # noqa: ASYNC110 - it is time that is waited for
            await asyncio.sleep(ABANDONED_AFTER_S / 10)
        self._drain("abandoned", now=True)

    # --- orders

    def _obey(self, order: Order) -> None:
        self._n_held += len(order.items)
        self._inbox.put(order.items)
        if order.limit != self._limit:
            self._limit = order.limit
            self._wished.put_nowait(Control(paused=order.limit == 0, limit=order.limit or None))
        if order.limit == 0:
            self._give_back()
        if order.allowance is not None:
            self._share.grant(*order.allowance)
        if order.spent:
            self._share.refuse()
        if order.stop is not None:
            self._drain(order.stop, now=order.now)
        self._judge()

    def _give_back(self) -> None:
        keys = [item.key for item in self._inbox.emptied()]
        self._returned += keys
        self._n_held -= len(keys)
        if keys:
            self._wake()

    def _drain(self, reason: str, *, now: bool) -> None:
        if now:
            self._stop.now(reason)
        elif not self._stop.draining:
            self._stop.drain(reason)
        self._give_back()
        self._inbox.end()

    async def _steered(self, _run_dir: Path, apply: Callable[[Control], None]) -> None:
        """The run tells what is wished: the file in the run directory is for the run itself."""
        while True:
            apply(await self._wished.get())

    # --- reports

    def _hear(self, event: Event) -> None:
        if isinstance(event, CallsUnderWay):  # told with every call: the run hears how it stands
            self._under_way[event.address] = event
            return
        self._heard.append(_small(event))
        if isinstance(event, SampleCompleted | SampleFailed | SampleLeft):
            self._n_held -= 1
            self._news.set()
            self._judge()

    def _judge(self) -> None:
        """News cannot wait where the worker is about to have less than it can do."""
        if self._n_held < self._capacity and self._news.is_set():
            self._urgent.set()

    def _wake(self) -> None:
        self._news.set()
        self._urgent.set()

    def _keep_line(self, _logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        self._lines.append((str(line["event"]), {name: value for name, value in line.items() if name != "event"}))
        raise structlog.DropEvent

    async def _report(self) -> Report:
        told = (*self._heard, *self._under_way.values())
        self._heard, self._under_way = [], {}
        lines, self._lines = tuple(self._lines), []
        returned, self._returned = tuple(self._returned), []
        self._news.clear()
        self._urgent.clear()
        if self._work is None or not self._work.done():
            return Report(told, lines, returned, self._share.wish)
        error = self._work.exception()
        if error is None:
            return Report(told, lines, returned, summary=self._work.result())
        if not isinstance(error, Exception):
            raise error
        return Report(told, lines, returned, error=error if isinstance(error, Soar2CotError) else portable(error))


class _Inbox:
    """The samples that came and were not taken up yet: a `feed.Feed`."""

    def __init__(self) -> None:
        self._waiting: deque[Item] = deque()
        self._ended = False
        self._news = asyncio.Event()

    async def filled(self) -> bool:
        while not self._waiting and not self._ended:
            self._news.clear()
            await self._news.wait()
        return bool(self._waiting)

    def take(self, most: int) -> list[Item]:
        return taken(self._waiting, most)

    def put(self, items: Iterable[Item]) -> None:
        self._waiting.extend(items)
        self._news.set()

    def end(self) -> None:
        self._ended = True
        self._news.set()

    def emptied(self) -> list[Item]:
        """Takes out what nobody has taken up."""
        taken, self._waiting = list(self._waiting), deque[Item]()
        return taken


async def _shown_elsewhere(_: SampleKey) -> None:
    """progress.json is the run's."""


def _has_budget(config: RunConfig) -> bool:
    return config.budget_tokens is not None or config.budget_usd is not None


def _small(event: Event) -> Event:
    """The event without what only the ledger needs."""
    if isinstance(event, SampleCompleted):
        return replace(event, outcome=small_outcome(event.outcome))
    if isinstance(event, CallFinished):
        return CallFinished(_small_call(event.call), event.from_journal)
    return event


def small_outcome(outcome: Outcome) -> Outcome:
    """What is shown of a finished sample: the beginning of its texts, its scores; no program, no reasoning."""
    record = outcome.record
    short = replace(
        record,
        instructions="",
        input_output_analysis=record.input_output_analysis[:SHOWN_CHARACTERS],
        transformation_method=record.transformation_method[:SHOWN_CHARACTERS],
        chain_of_thought=(),
        soar_code="",
        step="",
        detail="{}",
    )
    return Outcome(outcome.key, short, outcome.guesses[:1])


def _small_call(call: Call) -> Call:
    return Call(
        "",
        call.key,
        call.place,
        call.model,
        call.endpoint,
        prompt_hash="",
        params="",
        finish_reason=call.finish_reason,
        prompt_tokens=call.prompt_tokens,
        cached_tokens=call.cached_tokens,
        completion_tokens=call.completion_tokens,
        cost_usd=call.cost_usd,
        latency_s=call.latency_s,
        sent_at=call.sent_at,
    )
