"""What happened, told to whoever watches: the log, the terminal view, the metrics.

Events are told after the fact is durable. A watcher that fails is its own problem: see `Events.tell`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import structlog

from soar2cot.records import Call, Failure, Outcome, SampleKey


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run is about to take its first sample. `remaining` is None where it is not known yet."""

    run_id: str
    completed: int
    remaining: int | None


@dataclass(frozen=True, slots=True)
class SampleStarted:
    """A sample got a slot."""

    key: SampleKey


@dataclass(frozen=True, slots=True)
class SampleCompleted:
    """A sample is durable in the ledger. `seconds` is wall time from claim to commit."""

    outcome: Outcome
    seconds: float


@dataclass(frozen=True, slots=True)
class SampleFailed:
    """A sample was parked."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class SampleLeft:
    """A sample was let go without an end: somebody else has it, it is done already, or the next run will take it.

    `started`: there was a `SampleStarted` of it.
    """

    key: SampleKey
    started: bool


@dataclass(frozen=True, slots=True)
class CallFinished:
    """A model answered, or the journal did (`from_journal`)."""

    call: Call
    from_journal: bool


@dataclass(frozen=True, slots=True)
class CallsUnderWay:
    """How many calls are out at the endpoint `address`, and how many may be; told whenever one of the two changes."""

    address: str
    in_flight: int
    limit: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The run stands still for a reason from outside, which it names."""

    reason: str


@dataclass(frozen=True, slots=True)
class Draining:
    """A stop was asked for: nothing new is started. `in_flight` samples are given `grace_s` seconds."""

    reason: str
    in_flight: int
    grace_s: float


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over. `reason` is `done`, or what stopped it."""

    reason: str
    completed: int
    failed: int


Event: TypeAlias = (
    RunStarted
    | SampleStarted
    | SampleCompleted
    | SampleFailed
    | SampleLeft
    | CallFinished
    | CallsUnderWay
    | Waiting
    | Draining
    | RunFinished
)
Watcher: TypeAlias = Callable[[Event], None]


@dataclass
class Events:
    """Hands each event to every watcher, in order of subscription."""

    _watchers: list[Watcher] = field(default_factory=list[Watcher])

    def subscribe(self, watcher: Watcher) -> None:
        """Adds a watcher; it is called in the thread that tells."""
        self._watchers.append(watcher)

    def tell(self, event: Event) -> None:
        """Tells all. A watcher that raises is taken off and named in the log: watching must not stop a run."""
        for watcher in list(self._watchers):
            try:
                watcher(event)
            except Exception as error:  # noqa: BLE001 - a broken display is no reason to stop weeks of work
                self._watchers.remove(watcher)
                structlog.get_logger().warning("Watcher taken off", watcher=repr(watcher), error=repr(error))
