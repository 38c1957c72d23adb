"""A model client that is patient: slots, budget, and trying again by the class of the error.

    slot ─► budget, announced (once) ─► exchange ─► answer
      ▲                                   │
      └── backoff, without the slot ◄─────┘ 429, 5xx, connection, timeout

A server that nobody can reach stops nobody's work: one call at a time asks whether it is back, the others wait, and
whoever watches is told.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from soar2cot.errors import ModelError, ModelUnavailableError, RateLimitedError
from soar2cot.events import Events
from soar2cot.llm.base import Announce, Answer, Request, announce_nothing
from soar2cot.llm.cost import Meter, Reservation
from soar2cot.llm.health import Health
from soar2cot.llm.limit import Limiter, MaxConcurrency

Sleep = Callable[[float], Awaitable[None]]


class Transport(Protocol):
    """One exchange with one endpoint, without any patience."""

    @property
    def address(self) -> str:
        """The endpoint without secrets."""
        ...

    async def exchange(self, request: Request) -> Answer:
        """Sends once. Raises: ModelError by class."""
        ...

    async def aclose(self) -> None:
        """Closes the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a call is tried again.

    `max_tries` counts the tries while the server answers others; `rate_limit_s` is how long 429 are waited out;
    waits grow from `first_wait_s` to `max_wait_s`, each shortened by chance to between half and all of it.
    """

    max_tries: int = 6
    first_wait_s: float = 0.5
    max_wait_s: float = 60.0
    rate_limit_s: float = 3_600.0

    def wait_s(self, n_failed: int, error: ModelError) -> float:
        """Seconds before the next try, after `n_failed` ones; what the server asks for is the least."""
        backoff = min(self.max_wait_s, self.first_wait_s * 2 ** min(n_failed - 1, 16))
        wait = backoff * random.uniform(0.5, 1.0)
        asked = error.retry_after_s if isinstance(error, RateLimitedError) else None
        return wait if asked is None else max(min(asked, self.rate_limit_s) * random.uniform(1.0, 1.1), 0.01)


@dataclass(slots=True)
class _Tries:
    """What one call has been through."""

    n_counted: int = 0
    n_in_row: int = 0
    n_answers_before: int = 0
    limited_since: float | None = None
    reservation: Reservation | None = None


class PatientClient:
    """Implements `ModelClient` for one endpoint."""

    def __init__(
        self,
        transport: Transport,
        *,
        limiter: Limiter | None = None,
        meter: Meter | None = None,
        events: Events | None = None,
        patience: Patience | None = None,
        health: Health | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._transport = transport
        self._meter = meter
        self._patience = patience or Patience()
        self._clock = clock
        self._sleep = sleep
        self.limiter = limiter or Limiter()
        self.health = health or Health(transport.address, events=events or Events(), clock=clock, sleep=sleep)

    async def send(
        self, request: Request, *, announce: Announce = announce_nothing, turn: tuple[Any, ...] = ()
    ) -> Answer:
        """One answer, whatever it takes: see `ModelClient.send`."""
        tries = _Tries()
        try:
            while True:
                async with self.health.passage():
                    try:
                        return await self._try_once(request, tries, announce, turn)
                    except ModelError as error:
                        wait_s = self._after(error, tries)
                if not self.health.down:
                    await self._sleep(wait_s)
        finally:
            if self._meter is not None and tries.reservation is not None:
                self._meter.release(tries.reservation)

    def set_limit(self, limit: MaxConcurrency) -> None:
        """As `ModelClient.set_limit`."""
        self.limiter.set_limit(limit)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._transport.aclose()

    async def _try_once(self, request: Request, tries: _Tries, announce: Announce, turn: tuple[Any, ...]) -> Answer:
        async with self.limiter.slot(turn) as ticket:
            await self._admit(request, tries, announce)
            try:
                answer = await self._transport.exchange(request)
            except RateLimitedError:
                ticket.rejected()
                raise
            ticket.answered(request.schema_name, answer.latency_s)
        self.health.answered()
        if self._meter is None or tries.reservation is None:
            return answer
        return self._meter.settle(tries.reservation, request, answer)

    async def _admit(self, request: Request, tries: _Tries, announce: Announce) -> None:
        """Budget and announcement, before the first try only."""
        if tries.limited_since is None and tries.n_in_row == 0 and tries.reservation is None:
            if self._meter is not None:
                tries.reservation = await self._meter.reserve(request)
            await announce()

    def _after(self, error: ModelError, tries: _Tries) -> float:
        """Seconds to wait before the next try.

        Raises: `error`: another try would be of no use, or patience is over.
        """
        if not error.retryable:
            raise self.health.judged(error)
        tries.n_in_row += 1
        if isinstance(error, RateLimitedError):
            self._after_refusal(error, tries)
        elif isinstance(error, ModelUnavailableError):
            self._after_failure(error, tries)
        return self._patience.wait_s(tries.n_in_row, error)

    def _after_refusal(self, error: RateLimitedError, tries: _Tries) -> None:
        now = self._clock()
        if tries.limited_since is None or self.health.n_answers != tries.n_answers_before:
            tries.limited_since, tries.n_answers_before = now, self.health.n_answers
        if now - tries.limited_since > self._patience.rate_limit_s:
            raise error

    def _after_failure(self, error: ModelUnavailableError, tries: _Tries) -> None:
        """Counts a try against this call only where the server answered others meanwhile."""
        self.health.failed(error)
        if not error.gone or self.health.n_answers != tries.n_answers_before:
            tries.n_counted += 1
        tries.n_answers_before = self.health.n_answers
        if self.health.given_up or (not self.health.down and tries.n_counted >= self._patience.max_tries):
            raise error
