"""Whether an endpoint answers at all, so that an outage costs waiting and not samples."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from soar2cot.errors import ModelError, ModelRefusedError, ModelSetupError, ModelUnavailableError
from soar2cot.events import Events, Waiting

_FAILURES_TO_BE_DOWN = 3
_FAILING_PATIENCE_S = 900.0  # for a server that is there and fails every call: 500, garbage, silence
_SAY_EVERY_S = 60.0
_PROBE_WAITS_S = (1.0, 2.0, 5.0, 10.0, 15.0)
_REFUSALS_TO_BE_SETUP = 3


class Health:
    """Down after three failures in a row without any answer between them; up again with the first answer.

    Args:   patience_s: how long an endpoint that is gone is waited for; one that is there and fails everything is
            waited for a quarter of an hour at most.
    """

    def __init__(
        self,
        address: str,
        *,
        events: Events,
        patience_s: float = 86_400.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._address = address
        self._events = events
        self._longest_s = patience_s
        self._clock = clock
        self._sleep = sleep
        self._first_failure_at: float | None = None
        self._last: ModelUnavailableError | None = None
        self._n_failed = 0
        self._n_refused = 0
        self._n_probes = 0
        self._said_at: float | None = None
        self._probing = False
        self._changed = asyncio.Event()
        self.n_answers = 0

    @property
    def down(self) -> bool:
        """Whether nobody is answered at present."""
        return self._n_failed >= _FAILURES_TO_BE_DOWN

    @property
    def given_up(self) -> bool:
        """Whether it has been down for longer than anybody should wait."""
        if self._first_failure_at is None or self._last is None or not self.down:
            return False
        patience_s = self._longest_s if self._last.gone else min(self._longest_s, _FAILING_PATIENCE_S)
        return self._clock() - self._first_failure_at > patience_s

    def passage(self) -> Passage:
        """Lets a try through: at once while the endpoint is up, else one at a time, after a pause."""
        return Passage(self)

    def answered(self) -> None:
        """An answer came: the endpoint is up."""
        self.n_answers += 1
        if self._first_failure_at is not None:
            self._first_failure_at = self._last = self._said_at = None
            self._n_failed = self._n_probes = 0
            self._wake()
        self._n_refused = 0

    def failed(self, error: ModelUnavailableError) -> None:
        """No answer came; says so where that has gone on for three tries, and again every minute."""
        self._n_failed += 1
        self._last = error
        if self._first_failure_at is None:
            self._first_failure_at = self._clock()
        if self.down:
            self._say(error)

    def judged(self, error: ModelError) -> ModelError:
        """The error itself, or that the setup is wrong: where every call so far was refused, the next ones will be."""
        if not isinstance(error, ModelRefusedError) or self.n_answers:
            return error
        self._n_refused += 1
        if self._n_refused < _REFUSALS_TO_BE_SETUP:
            return error
        return ModelSetupError(
            f"{error}; every one of the first {self._n_refused} calls was refused: check key, model and settings with "
            "`soar2cot doctor --endpoint`"
        )

    async def turn(self) -> bool:
        """Waits until a try makes sense; True where it is the one that finds out, which then says `found_out`."""
        while self.down and not self.given_up:
            if not self._probing:
                self._probing = True
                try:
                    await self._sleep(self._probe_wait_s())
                except BaseException:
                    self.found_out()
                    raise
                return True
            await self._changed.wait()
        return False

    def found_out(self) -> None:
        """The try that finds out is over."""
        self._probing = False
        self._wake()

    def _probe_wait_s(self) -> float:
        self._n_probes += 1
        return _PROBE_WAITS_S[min(self._n_probes, len(_PROBE_WAITS_S)) - 1]

    def _wake(self) -> None:
        self._changed.set()
        self._changed.clear()

    def _say(self, error: ModelUnavailableError) -> None:
        now = self._clock()
        if self._said_at is not None and now - self._said_at < _SAY_EVERY_S:
            return
        self._said_at = now
        since_s = now - (self._first_failure_at or now)
        self._events.tell(
            Waiting(f"no answer from {self._address} for {since_s:.0f} s ({error}); asking again until it is back")
        )


class Passage:
    """One try, for the length of an `async with` block."""

    __slots__ = ("_health", "_probing")

    def __init__(self, health: Health) -> None:
        self._health = health
        self._probing = False

    async def __aenter__(self) -> None:
        if self._health.down:
            self._probing = await self._health.turn()

    async def __aexit__(self, *_: object) -> None:
        if self._probing:
            self._health.found_out()
