"""The run's side of many workers: hands out the samples in order, hears what became of them, survives their deaths.

Knows nothing of how a worker is reached: `Hand` is one worker, `Hiring` gets them. One conversation a worker, each at
its own pace; what a worker held when it died is given to others.

    stream ──► Supply ──(a bounded number)──► worker 1, 2, 3 …  ──► ledger
                 ▲                                │
                 └────── held by a dead worker ───┘
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import structlog

from soar2cot.concurrency import first_error, first_of
from soar2cot.control import Control
from soar2cot.errors import LedgerError
from soar2cot.events import (
    CallsUnderWay,
    Draining,
    Event,
    Events,
    SampleCompleted,
    SampleFailed,
    SampleLeft,
    SampleStarted,
    Waiting,
)
from soar2cot.executor.purse import Amount, Purse, WaitError
from soar2cot.executor.remote import Order, Report, small_outcome
from soar2cot.executor.supply import Supply
from soar2cot.feed import Item
from soar2cot.ledger.base import Ledger
from soar2cot.llm.cost import Wish
from soar2cot.pipeline import Shows, Stop, Summary
from soar2cot.records import SampleKey

TURNS_PER_S = 400  # reports that the run hears in a second, from all workers together
MOST_HELD = 100_000  # samples that all workers hold together, at most
FIRST_HELD = 8  # what a worker gets first; it doubles with every turn, so that a short run is shared by all
LOOK_AGAIN_S = 5.0
SAY_AGAIN_S = 60.0

log = structlog.get_logger()


class WorkerLostError(Exception):
    """A worker does not answer any more; what it held is done by others."""


class Hand(Protocol):
    """One worker that has been opened. `capacity`: samples that it has under way at once."""

    name: str
    capacity: int

    async def turn(self, order: Order) -> Report:
        """Raises: WorkerLostError."""
        ...

    async def dismiss(self) -> None:
        """Ends it, whatever state it is in. Idempotent, raises nothing."""
        ...


class Hiring(Protocol):
    """Where workers come from."""

    async def wanted(self) -> int:
        """How many workers there should be now; may grow."""
        ...

    async def hire(self) -> Hand:
        """Waits until there is room for one, for as long as that takes; opens it.

        Raises: WorkerLostError: it died before it was ready. ConfigError, LedgerError …: no worker could be opened.
        """
        ...


@dataclass
class Seat:
    """A worker and what it holds. `room`: how much it may hold for now."""

    hand: Hand
    held: dict[SampleKey, Item] = field(default_factory=dict[SampleKey, Item])
    wish: Wish | None = None
    calls: dict[str, CallsUnderWay] = field(default_factory=dict[str, CallsUnderWay])
    room: int = FIRST_HELD
    pace: float = 1.0

    def ended(self, n_ended: int, most: int) -> None:
        """Adapts the room to what the last turn showed: what is under way, and two turns' worth beside it."""
        self.pace = max(n_ended, 0.9 * self.pace)
        wanted = self.hand.capacity + max(2, int(2 * self.pace))
        self.room = max(1, min(2 * self.room, wanted, most))


class Crew:
    """Works a stream off with the workers that `hiring` gets, once. See `Executor.run` for what `run` promises.

    Memory: at most MOST_HELD samples, or a handful a worker; nothing grows with the stream.
    Crash:  workers notice that the run is gone and end; what they committed is committed.
    """

    def __init__(
        self,
        hiring: Hiring,
        *,
        ledger: Ledger,
        run_id: str,
        events: Events,
        shows: Shows,
        grace_s: float,
        max_deaths: int,
        budget: tuple[float, float] = (math.inf, math.inf),
    ) -> None:
        self._hiring = hiring
        self._ledger = ledger
        self._run_id = run_id
        self._events = events
        self._shows = shows
        self._grace_s = grace_s
        self._log: Any = structlog.get_logger().bind()  # for the lines of every sample: see `Pipeline`
        self._max_deaths = max_deaths
        self._purse = Purse(Amount(*budget), ledger.spent)
        self._seats: list[Seat] = []
        self._n_places = 0
        self._control = Control()
        self._stop = Stop()
        self._group = asyncio.TaskGroup()
        self._error: Exception | None = None
        self._completed = 0
        self._failed: dict[str, int] = {}
        self._supply = Supply(iter(()), max_deaths=max_deaths)

    def steer(self, control: Control) -> None:
        """Pauses, resumes, limits all workers together."""
        self._control = control
        self._supply.changed()
        log.info("Steered from outside", paused=control.paused, limit=control.limit)

    async def run(self, samples: Iterator[Item], stop: Stop) -> Summary:
        """As `Executor.run`."""
        self._stop, self._supply = stop, Supply(samples, max_deaths=self._max_deaths)
        telling = asyncio.create_task(self._tell_of_draining())
        try:
            async with asyncio.TaskGroup() as self._group:
                self._group.create_task(self._recruit())
        except BaseExceptionGroup as errors:
            raise first_error(errors) from None
        finally:
            telling.cancel()
        if self._error is not None:
            raise self._error
        return Summary(self._completed, self._failed, self._supply.n_out, stop.reason or "done")

    # --- places

    async def _recruit(self) -> None:
        """Opens a place for each worker that is wanted; a cluster that grows gets more."""
        loop = asyncio.get_running_loop()
        said = loop.time() - SAY_AGAIN_S / 2
        while not self._over:
            for _ in range(await self._hiring.wanted() - self._n_places):
                self._n_places += 1
                self._group.create_task(self._place())
            await self._within(LOOK_AGAIN_S)
            if len(self._seats) < self._n_places and not self._over and loop.time() - said > SAY_AGAIN_S:
                said = loop.time()
                self._say_who_is_missing()

    def _say_who_is_missing(self) -> None:
        here, missing = len(self._seats), self._n_places - len(self._seats)
        log.info("Workers are waited for", here=here, waiting=missing)
        if not here:
            self._events.tell(Waiting(f"none of {missing} workers has come yet: is there room on the cluster?"))

    async def _within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(first_of(self._supply.finished(), self._stop.asked()), seconds)

    @property
    def _over(self) -> bool:
        return self._supply.is_finished or self._stop.draining

    async def _place(self) -> None:
        """One worker after the other, as they die, until there is nothing left to do."""
        pause_s = 0.5
        while not self._over:
            try:
                hand = await first_of(self._hiring.hire(), self._supply.finished(), self._stop.asked())
            except WorkerLostError as error:
                log.warning("A worker died before it could begin", reason=str(error), pause_s=pause_s)
                await self._within(pause_s)
                pause_s = min(30.0, 2 * pause_s)
                continue
            if hand is not None:
                pause_s = 0.5
                await self._employ(Seat(hand))

    async def _employ(self, seat: Seat) -> None:
        """The conversation with one worker, from its first order to its end."""
        self._seats.append(seat)
        try:
            while (order := await self._order(seat)) is not None:
                report = await seat.hand.turn(order)
                self._take(seat, report)
                if report.last:
                    return
        except WorkerLostError as error:
            await self._bury(seat, error)
        finally:
            self._seats.remove(seat)
            for address in seat.calls:
                self._tell_calls(address)
            self._purse.gone(seat.hand.name)
            await seat.hand.dismiss()

    # --- orders

    async def _order(self, seat: Seat) -> Order | None:
        """What to say next; None where the worker is needed no more."""
        while True:
            limit = self._limit_of(seat)
            if self._stop.draining:
                urgent = self._stop.urgent_now or self._error is not None
                said = Order((), limit, self._stop.reason, now=urgent)
                return await self._with_share(seat, said) if seat.held else None
            items = await self._supply.take(seat.held, 0 if limit == 0 else seat.room)
            if items or seat.held:
                for item in items:
                    seat.held[item.key] = item
                gather_s = max(0.25, len(self._seats) / TURNS_PER_S)
                said = Order(tuple(items), limit, gather_s=gather_s, patience_s=max(1.0, 4 * gather_s))
                return await self._with_share(seat, said)
            if self._supply.is_finished:
                return None
            await first_of(self._supply.news(), self._stop.asked())

    async def _with_share(self, seat: Seat, order: Order) -> Order:
        """The order, with an answer to the worker's wish to spend more, where there is one yet."""
        if seat.wish is None:
            return order
        busy = any(other.held and other.wish is None for other in self._seats if other is not seat)
        try:
            share = await self._purse.share(seat.hand.name, seat.wish, n_workers=len(self._seats), busy=busy)
        except WaitError:
            return order
        seat.wish = None
        return replace(order, spent=True) if share is None else replace(order, allowance=share)

    def _limit_of(self, seat: Seat) -> int | None:
        """This worker's share of the limit that was wished for all."""
        if self._control.slots is None:
            return None
        share, rest = divmod(self._control.slots, len(self._seats))
        return share + (self._seats.index(seat) < rest)

    # --- reports

    def _take(self, seat: Seat, report: Report) -> None:
        before, seat.wish = len(seat.held), report.wish
        for text, values in report.lines:
            log.warning(text, worker=seat.hand.name, **values)
        for event in report.events:
            self._hear(seat, event)
        self._supply.put_back([seat.held.pop(key) for key in report.returned if key in seat.held])
        seat.ended(before - len(seat.held), max(FIRST_HELD, MOST_HELD // max(1, self._n_places)))
        if report.error is not None:
            self._error = self._error or report.error
            self._stop.drain("failed")
        elif report.summary is not None and report.summary.reason == "budget":
            self._stop.drain("budget")
        elif report.summary is not None and not self._stop.draining:
            raise WorkerLostError(f"it ended by itself ({report.summary.reason})")

    def _hear(self, seat: Seat, event: Event) -> None:
        match event:
            case SampleStarted():
                self._log.info("Processing task", task_id=event.key.task_id, round_index=event.key.round_index)
            case SampleCompleted():
                self._complete(seat, event)
            case SampleFailed():
                self._end(seat, event.failure.key)
                kind = event.failure.error_type
                self._failed[kind] = self._failed.get(kind, 0) + 1
            case SampleLeft():
                self._end(seat, event.key)
            case CallsUnderWay():
                seat.calls[event.address] = event
                self._tell_calls(event.address)
                return
            case Draining():
                return
            case _:
                pass
        self._events.tell(event)

    def _complete(self, seat: Seat, event: SampleCompleted) -> None:
        self._end(seat, event.outcome.key)
        self._completed += 1
        self._group.create_task(self._announce(event.outcome.key))

    def _end(self, seat: Seat, key: SampleKey) -> None:
        if seat.held.pop(key, None) is not None:
            self._supply.done(key)

    def _tell_calls(self, address: str) -> None:
        """How many calls are out there, from all workers; the same address may be a server on each one's own node."""
        said = [seat.calls[address] for seat in self._seats if address in seat.calls]
        n_out, limit = sum(item.in_flight for item in said), sum(item.limit for item in said)
        self._events.tell(CallsUnderWay(address, n_out, limit))

    async def _announce(self, key: SampleKey) -> None:
        """Says that the sample is done, once progress.json says so too."""
        await self._shows(key)
        self._log.debug("Sample marked as completed", **key._asdict())
        self._log.info("Task completed", task_id=key.task_id)

    async def _tell_of_draining(self) -> None:
        await self._stop.asked()
        self._events.tell(Draining(self._stop.reason or "", self._supply.n_out, self._grace_s))

    # --- deaths

    async def _bury(self, seat: Seat, error: WorkerLostError) -> None:
        """Settles what a dead worker held: what it had committed is counted, the rest is given to others at once."""
        log.warning("Worker lost", worker=seat.hand.name, held=len(seat.held), reason=str(error))
        await seat.hand.dismiss()
        try:
            await self._ledger.expire(list(seat.held), run_id=self._run_id)
            for key in list(seat.held):
                outcome = await self._ledger.record(key)
                if outcome is not None:
                    self._hear(seat, SampleCompleted(small_outcome(outcome), 0.0))
        except LedgerError as problem:
            log.warning("What a lost worker had committed is not known yet", reason=str(problem))
        for key in seat.held:
            self._events.tell(SampleLeft(key, started=True))
        self._supply.again(list(seat.held.values()))
        seat.held.clear()
