"""The worker loop: takes the next sample while a slot is free, has it solved, commits the outcome.

Retries, failures and stop signals live here and nowhere else. A slot is taken before the sample is pulled; the
first stop drains, the second cancels; only a commit is shielded.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any, Protocol, TypeVar

import structlog

from soar2cot import faults
from soar2cot.concurrency import Slots, first_error
from soar2cot.errors import (
    BudgetSpentError,
    ConfigError,
    LeaseLostError,
    LedgerError,
    LedgerUnavailableError,
    ModelSetupError,
    SandboxError,
    StorageError,
    WorkerDiedError,
)
from soar2cot.events import Draining, Events, SampleCompleted, SampleFailed, SampleLeft, SampleStarted, Waiting
from soar2cot.feed import Feed, Item, ReadAhead
from soar2cot.garbage import seldom_collected
from soar2cot.ledger.base import Claim, Ledger
from soar2cot.records import Outcome, Sample, SampleKey
from soar2cot.soar_loader import BadRow

STOPS_THE_RUN = (ModelSetupError, ConfigError, LedgerError, SandboxError, StorageError)
MOST_AT_ONCE = 64  # samples that are taken up together: claimed in one act
LEDGER_PATIENCE_S = (1.0, 2.0, 5.0, 10.0, 30.0)  # between tries to reach the ledger; the last one for ever

T = TypeVar("T")


class Stop:
    """The two stages of stopping: `drain` (start nothing new) and `now` (cancel what is in flight)."""

    def __init__(self) -> None:
        self._draining = asyncio.Event()
        self._now = asyncio.Event()
        self.reason: str | None = None

    def drain(self, reason: str) -> None:
        """Nothing new is started from here on; the first reason counts."""
        self.reason = self.reason or reason
        self._draining.set()

    def now(self, reason: str) -> None:
        """What is in flight is left to the journal."""
        self.drain(reason)
        self._now.set()

    @property
    def draining(self) -> bool:
        """Whether a stop was asked for."""
        return self._draining.is_set()

    @property
    def urgent_now(self) -> bool:
        """Whether stopping cannot wait any more."""
        return self._now.is_set()

    async def asked(self) -> None:
        """Returns when a stop is asked for."""
        await self._draining.wait()

    async def urgent(self) -> None:
        """Returns when stopping cannot wait."""
        await self._now.wait()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did. `failed` counts by error type; `left` samples were in flight and are left to the journal."""

    completed: int = 0
    failed: dict[str, int] = field(default_factory=dict[str, int])
    left: int = 0
    reason: str = "done"

    @property
    def n_failed(self) -> int:
        """How many samples were parked."""
        return sum(self.failed.values())

    def and_then(self, later: Summary) -> Summary:
        """Both as one: what was left by the first was taken up by the later one."""
        kinds = self.failed.keys() | later.failed.keys()
        failed = {kind: self.failed.get(kind, 0) + later.failed.get(kind, 0) for kind in sorted(kinds)}
        return Summary(self.completed + later.completed, failed, later.left, later.reason)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a pipeline works. `max_deaths`: after so many workers died with a sample it is parked untried."""

    run_id: str
    max_in_flight: int
    max_deaths: int = 3
    grace_s: float = 30.0
    lease_s: float = 120.0


class Solve(Protocol):
    """What turns a claimed sample into its outcome, wherever that runs."""

    async def __call__(self, sample: Sample, claim: Claim) -> Outcome:
        """Raises: as `solve_challenge` does."""
        ...


Shows = Callable[[SampleKey], Awaitable[None]]


class Pipeline:
    """Works off a stream of samples, once.

    Args:   shows: returns when a committed key stands in progress.json (or need not).
    Crash:  what was committed is committed; what was in flight is claimed anew by the next run and finds its
            answers in the journal.
    """

    def __init__(self, ledger: Ledger, solve: Solve, *, events: Events, settings: Settings, shows: Shows) -> None:
        self.slots = Slots(settings.max_in_flight)
        self._ledger = ledger
        self._solve = solve
        self._events = events
        self._settings = settings
        self._shows = shows
        self._log: Any = structlog.get_logger().bind()  # once: binding it for each line took as long as the line
        self._stop = Stop()
        self._claims: dict[SampleKey, Claim] = {}
        self._tasks: dict[SampleKey, asyncio.Task[None]] = {}
        self._seconds: dict[SampleKey, float] = {}
        self._writes: set[asyncio.Task[None]] = set()
        self._completed = 0
        self._failed: dict[str, int] = {}

    async def run(self, samples: Iterator[Item], stop: Stop) -> Summary:
        """Until the stream, which is read in a thread, ends, or `stop` says so and what is in flight has had its grace.

        Raises: errors that would hit every sample alike; by then what was in flight is left to the journal.
        """
        return await self.work_off(ReadAhead(samples), stop)

    async def work_off(self, feed: Feed, stop: Stop) -> Summary:
        """As `run`, with what `feed` has."""
        self._stop = stop
        work = asyncio.create_task(self._work(feed))
        watches = [asyncio.create_task(self._renew()), asyncio.create_task(self._watch(work))]
        try:
            with seldom_collected():
                await work
        except asyncio.CancelledError:
            if not stop.draining:
                raise
        except BaseExceptionGroup as errors:
            raise first_error(errors) from None
        finally:
            await self._close(work, watches)
        return Summary(self._completed, self._failed, len(self._claims), stop.reason or "done")

    # --- taking

    async def _work(self, feed: Feed) -> None:
        async with asyncio.TaskGroup() as group:
            while await self._slot() and await feed.filled() and not self._stop.draining:
                n_free = 1 + self.slots.take(MOST_AT_ONCE - 1)
                items = feed.take(n_free)
                self.slots.release(n_free - len(items))
                group.create_task(self._begin(items, group))

    async def _slot(self) -> bool:
        """Takes a slot; False where a stop was asked for instead."""
        if not self._stop.draining and self.slots.take(1):
            return True
        waits = [asyncio.create_task(self.slots.acquire()), asyncio.create_task(self._stop.asked())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return not self._stop.draining
        finally:
            for wait in waits:
                wait.cancel()

    async def _begin(self, items: Sequence[Item], group: asyncio.TaskGroup) -> None:
        """Claims the samples together and begins each; those that are somebody else's are left alone."""
        settings, keys = self._settings, [item.key for item in items]
        claims = await self._patiently(
            lambda: self._ledger.claim(keys, run_id=settings.run_id, lease_s=settings.lease_s)
        )
        claimed = {claim.key: claim for claim in claims}
        self._claims |= claimed
        for item in items:
            claim = claimed.pop(item.key, None)
            if claim is None:
                self.slots.release()
                self._events.tell(SampleLeft(item.key, started=False))
            else:
                faults.point("pipeline.claimed")
                self._tasks[item.key] = group.create_task(self._one(item, claim))

    # --- one sample

    async def _one(self, item: Item, claim: Claim) -> None:
        try:
            committed = await self._ended(item, claim)
        except BudgetSpentError as error:
            if not self._stop.draining:
                self._log.warning("Budget spent", reason=str(error))
            self._stop.drain("budget")
            self._events.tell(SampleLeft(item.key, started=True))
            return
        finally:
            self._tasks.pop(item.key, None)
            self.slots.release()
        if committed:
            await self._announce(item.key)

    async def _ended(self, item: Item, claim: Claim) -> bool:
        """Solves, commits; False where the sample is somebody else's by now, or was parked."""
        try:
            outcome = await self._outcome(item, claim)
            faults.point("pipeline.solved")
            await self._shielded(self._commit(claim, outcome))
        except LeaseLostError as error:
            self._log.warning("Sample left to another worker", sample=str(item.key), reason=str(error))
            self._claims.pop(item.key, None)
            self._events.tell(SampleLeft(item.key, started=True))
            return False
        except (*STOPS_THE_RUN, BudgetSpentError):
            raise
        except Exception as error:  # noqa: BLE001 - the one place where a sample is parked
            await self._shielded(self._park(claim, error))
            return False
        return True

    async def _outcome(self, item: Item, claim: Claim) -> Outcome:
        self._log.info("Processing task", task_id=item.key.task_id, round_index=item.key.round_index)
        self._events.tell(SampleStarted(item.key))
        if isinstance(item, BadRow):
            raise item.error
        if claim.deaths >= self._settings.max_deaths:
            raise WorkerDiedError(
                f"sample {item.key}: the process died {claim.deaths} times while this sample was being done; "
                "look at it with `soar2cot failures`, the next run tries it again"
            )
        started = time.perf_counter()
        outcome = await self._solve(item, claim)
        self._seconds[item.key] = time.perf_counter() - started
        return outcome

    async def _commit(self, claim: Claim, outcome: Outcome) -> None:
        await self._patiently(lambda: self._ledger.commit(claim, outcome, run_id=self._settings.run_id))
        faults.point("pipeline.committed")
        self._claims.pop(claim.key, None)
        self._completed += 1
        self._events.tell(SampleCompleted(outcome, self._seconds.pop(claim.key, 0.0)))

    async def _park(self, claim: Claim, error: Exception) -> None:
        error_type = group_of(error)
        failure = await self._patiently(
            lambda: self._ledger.fail(
                claim, run_id=self._settings.run_id, error_type=error_type, message=str(error) or repr(error)
            )
        )
        self._claims.pop(claim.key, None)
        self._failed[error_type] = self._failed.get(error_type, 0) + 1
        task_id, round_index, _ = claim.key
        self._log.warning("Task failed", task_id=task_id, round_index=round_index, reason=failure.message)
        self._log.debug("Task failed here", sample=str(claim.key), exc_info=error)
        self._events.tell(SampleFailed(failure))

    async def _announce(self, key: SampleKey) -> None:
        """Says that the sample is done, once progress.json says so too."""
        try:
            await self._shows(key)
        finally:
            self._log.debug("Sample marked as completed", **key._asdict())
            self._log.info("Task completed", task_id=key.task_id)

    # --- around it

    async def _shielded(self, write: Coroutine[Any, Any, None]) -> None:
        """Waits for a write that is finished even where the waiting is cancelled."""
        task = asyncio.create_task(write)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        await asyncio.shield(task)

    async def _patiently(self, act: Callable[[], Awaitable[T]]) -> T:
        """Repeats the act while the ledger is away, for as long as it takes; every write is idempotent."""
        for pause_s in chain(LEDGER_PATIENCE_S, repeat(LEDGER_PATIENCE_S[-1])):
            try:
                return await act()
            except LedgerUnavailableError as error:
                if self._stop.urgent_now:
                    raise
                self._events.tell(Waiting(str(error)))
                await asyncio.sleep(pause_s)
        raise AssertionError("unreachable: the pauses never end")

    async def _renew(self) -> None:
        """Keeps the leases; a sample whose lease was lost is dropped: its commit would be refused."""
        while True:
            await asyncio.sleep(self._settings.lease_s / 3)
            claims = list(self._claims.values())
            try:
                kept = {claim.key for claim in await self._ledger.renew(claims, lease_s=self._settings.lease_s)}
            except LedgerUnavailableError:
                continue
            for claim in claims:
                if claim.key not in kept and self._claims.get(claim.key) is claim:
                    self._drop(claim)

    def _drop(self, claim: Claim) -> None:
        self._log.warning("Lease lost, sample left to another worker", sample=str(claim.key))
        self._claims.pop(claim.key, None)
        self._events.tell(SampleLeft(claim.key, started=True))
        task = self._tasks.get(claim.key)
        if task is not None:
            task.cancel()

    async def _watch(self, work: asyncio.Task[None]) -> None:
        """After the first stop, gives what is in flight its grace; after the second, or the grace, cancels it."""
        await self._stop.asked()
        self._events.tell(Draining(self._stop.reason or "", len(self._claims), self._settings.grace_s))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.urgent(), self._settings.grace_s)
        work.cancel()

    async def _close(self, work: asyncio.Task[None], watches: list[asyncio.Task[None]]) -> None:
        """Cancels what still runs, lets the writes under way finish, gives the claims of unfinished samples back."""
        for task in (work, *watches):
            task.cancel()
        await asyncio.gather(work, *watches, return_exceptions=True)
        await asyncio.gather(*self._writes, return_exceptions=True)
        with suppress(LedgerError):
            await self._ledger.release(list(self._claims.values()))


def group_of(error: Exception) -> str:
    """The short name by which failures are grouped: the error's class, and its kind where it has one."""
    kind = getattr(error, "kind", None)
    return f"{type(error).__name__}/{kind}" if kind else type(error).__name__
