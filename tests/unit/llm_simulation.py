"""A model server and its callers in virtual time, to see what `AutoLimit` makes of it."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from soar2cot.llm.autolimit import AutoLimit, Sent


@dataclass
class Server:
    """`slots` at once, `service_s` each, `queue` more wait (None: any number), the rest is refused."""

    slots: int
    service_s: float = 0.5
    spread: float = 0.1
    queue: int | None = None
    slowdown: float = 0.0  # share by which each further call slows all others: a batching server


@dataclass
class Simulation:
    """Callers that always have more to ask, a limit, a server; time only in here."""

    server: Server
    limit: AutoLimit | int
    n_callers: int = 4_000
    seed: int = 1
    round_trip_s: float = 0.002
    now: float = 0.0
    in_use: int = 0
    done: list[tuple[float, float]] = field(default_factory=list)  # (when, latency)
    refused: list[float] = field(default_factory=list)
    limits: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._serving = 0
        self._line: deque[tuple[float, Sent | None]] = deque()
        self._ticking = False

    def run(self, until: float) -> None:
        self._fill()
        while self._events and self._events[0][0] <= until:
            self.now, _, act = heapq.heappop(self._events)
            act()
        self.now = until

    def set_slots(self, slots: int) -> None:
        self.server.slots = slots
        self._serve()

    # what one wants to know

    def throughput(self, start: float, end: float) -> float:
        return sum(start <= when < end for when, _ in self.done) / (end - start)

    def p95(self, start: float, end: float) -> float:
        latencies = sorted(latency for when, latency in self.done if start <= when < end)
        return latencies[int(0.95 * len(latencies))]

    def refused_share(self, start: float, end: float) -> float:
        refused = sum(start <= when < end for when in self.refused)
        return refused / (refused + sum(start <= when < end for when, _ in self.done))

    # how it goes

    def _at(self, delay: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + delay, next(self._order), act))

    def _allowed(self) -> int:
        return self.limit if isinstance(self.limit, int) else self.limit.limit

    def _fill(self) -> None:
        while self.in_use < min(self._allowed(), self.n_callers):
            self.in_use += 1
            sent = None if isinstance(self.limit, int) else self.limit.started(self.now)
            came = self.now
            self._at(self.round_trip_s / 2, lambda came=came, sent=sent: self._arrive(came, sent))
        if not isinstance(self.limit, int) and self.limit.growing and not self._ticking:
            self._ticking = True
            self._at(self.limit.tick_s, self._tick)
        self.limits.append((self.now, self._allowed()))

    def _tick(self) -> None:
        assert not isinstance(self.limit, int)
        self._ticking = False
        self.limit.tick(self.now)
        self._fill()

    def _arrive(self, came: float, sent: Sent | None) -> None:
        queue = self.server.queue
        if queue is not None and self._serving + len(self._line) >= self.server.slots + queue:
            self._at(self.round_trip_s / 2, lambda: self._refuse(sent))
            return
        self._line.append((came, sent))
        self._serve()

    def _serve(self) -> None:
        while self._line and self._serving < self.server.slots:
            came, sent = self._line.popleft()
            self._serving += 1
            time_s = self.server.service_s * (1 + self.server.spread * self._random.uniform(-1, 1))
            time_s *= 1 + self.server.slowdown * self._serving
            self._at(time_s, lambda came=came, sent=sent: self._finish(came, sent))

    def _finish(self, came: float, sent: Sent | None) -> None:
        self._serving -= 1
        self._serve()
        self._at(self.round_trip_s / 2, lambda: self._answer(came, sent))

    def _answer(self, came: float, sent: Sent | None) -> None:
        self.done.append((self.now, self.now - came))
        if sent is not None and not isinstance(self.limit, int):
            self.limit.answered(sent, "follow", self.now - came)
        self._end(sent)

    def _refuse(self, sent: Sent | None) -> None:
        self.refused.append(self.now)
        if sent is not None and not isinstance(self.limit, int):
            self.limit.rejected(self.now, sent, in_use=self.in_use)
        self._end(sent)

    def _end(self, sent: Sent | None) -> None:
        waiting = max(0, self.n_callers - self.in_use)
        self.in_use -= 1
        if sent is not None and not isinstance(self.limit, int):
            self.limit.ended(self.now, sent, waiting=waiting)
        self._fill()
