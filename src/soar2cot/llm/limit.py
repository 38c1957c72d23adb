"""How many calls are under way at one endpoint: a fixed number, or one that finds itself.

A slot is held while a call is on the wire, never while it waits to be tried again. What changes the number is in
`autolimit.py`; here it is applied.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from soar2cot.concurrency import Slots
from soar2cot.llm.autolimit import AutoLimit, Sent

MaxConcurrency: TypeAlias = int | Literal["auto"]


class Ticket:
    """The right to send one call, for the length of an `async with` block; whoever holds it says how it went."""

    __slots__ = ("_limiter", "_sent", "_turn")

    def __init__(self, limiter: Limiter, turn: tuple[Any, ...]) -> None:
        self._limiter = limiter
        self._turn = turn
        self._sent: Sent | None = None

    async def __aenter__(self) -> Ticket:
        self._sent = await self._limiter.enter(self._turn)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._limiter.leave(self._sent)

    def answered(self, kind: str, latency_s: float) -> None:
        """An answer came; `kind` groups calls that take about the same time."""
        if self._sent is not None:
            self._limiter.learn_answered(self._sent, kind, latency_s)

    def rejected(self) -> None:
        """The server said that it is too much (429)."""
        if self._sent is not None:
            self._limiter.learn_rejected(self._sent)


class Limiter:
    """The slots of one endpoint, changeable while in use."""

    def __init__(
        self,
        max_concurrency: MaxConcurrency = "auto",
        *,
        clock: Callable[[], float] = time.monotonic,
        watch: Callable[[int, int], None] = lambda in_use, limit: None,
    ) -> None:
        self._clock = clock
        self._watch = watch
        self._auto: AutoLimit | None = None
        self._slots = Slots(1)
        self._growing: asyncio.TimerHandle | None = None
        self.set_limit(max_concurrency)

    @property
    def limit(self) -> int:
        """How many calls may be under way now."""
        return self._slots.limit

    @property
    def in_use(self) -> int:
        """How many calls are under way."""
        return self._slots.in_use

    def set_limit(self, max_concurrency: MaxConcurrency) -> None:
        """Changes the number, or lets it find itself from now on."""
        if max_concurrency == "auto":
            self._auto = AutoLimit()
            self._slots.limit = self._auto.limit
        else:
            self._auto = None
            self._slots.limit = max(1, max_concurrency)

    def slot(self, turn: tuple[Any, ...] = ()) -> Ticket:
        """Holds one slot for the length of the block; of those who wait, the lowest turn is first."""
        return Ticket(self, turn)

    async def enter(self, turn: tuple[Any, ...] = ()) -> Sent | None:
        """Takes a slot, waiting for it in line; what it gives goes to `leave`."""
        if not self._slots.take(1):
            await self._slots.acquire(turn)
        self._watch(self._slots.in_use, self._slots.limit)
        return self._auto.started(self._clock()) if self._auto else None

    def leave(self, sent: Sent | None) -> None:
        """Gives the slot back."""
        waiting = self._slots.waiting  # before the slot goes to one of them
        self._slots.release()
        self._watch(self._slots.in_use, self._slots.limit)
        if self._auto is not None and sent is not None:
            self._auto.ended(self._clock(), sent, waiting=waiting)
            self._follow()

    def learn_answered(self, sent: Sent, kind: str, latency_s: float) -> None:
        """Tells the controller how long a call took."""
        if self._auto is not None:
            self._auto.answered(sent, kind, latency_s)

    def learn_rejected(self, sent: Sent) -> None:
        """Tells the controller that the server had no room."""
        if self._auto is not None:
            self._auto.rejected(self._clock(), sent, in_use=self._slots.in_use)
            self._follow()

    def _follow(self) -> None:
        """Applies the controller's limit, now and, while it grows, again in a moment."""
        if self._auto is None:
            return
        if self._slots.limit != self._auto.limit:
            self._slots.limit = self._auto.limit
        if self._auto.growing and self._growing is None:
            self._growing = asyncio.get_running_loop().call_later(self._auto.tick_s, self._tick)

    def _tick(self) -> None:
        self._growing = None
        if self._auto is not None:
            self._auto.tick(self._clock())
            self._follow()
