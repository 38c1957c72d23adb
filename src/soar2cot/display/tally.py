"""What a viewer of a run wants to know, added up from its events. No terminal, no clock of its own."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from soar2cot import events
from soar2cot.records import Outcome, SampleKey

WINDOW_S = 900.0
N_BINS = 10
_MIN_FOR_RATE = 3


@dataclass
class Tally:
    """The sums of one run so far.

    The rate counts what this run itself made durable in the last quarter of an hour: samples skipped because
    they were complete, and samples whose every call came from the journal, do not count, so a resumed run
    starts without a jump.

    `calls_out`: per endpoint, how many calls are out and how many may be.

    Args: clock: seconds, monotonic.
    """

    clock: Callable[[], float]
    run_id: str = ""
    before: int = 0
    remaining_at_start: int | None = None
    done: int = 0
    perfect: int = 0
    score_sum: float = 0.0
    bins: list[int] = field(default_factory=lambda: [0] * N_BINS)
    failed: int = 0
    failures: Counter[str] = field(default_factory=Counter[str])
    in_flight: dict[SampleKey, float] = field(default_factory=dict[SampleKey, float])
    calls: int = 0
    replayed_calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    unpriced_calls: int = 0
    calls_out: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    last: Outcome | None = None
    waiting: str | None = None
    draining: events.Draining | None = None
    finished: events.RunFinished | None = None
    _started_s: float | None = None
    _durable: deque[float] = field(default_factory=deque[float])
    _calls_of: dict[SampleKey, list[int]] = field(default_factory=dict[SampleKey, list[int]])

    def add(self, event: events.Event) -> None:
        """Counts one event."""
        match event:
            case events.RunStarted():
                self.run_id, self.before, self.remaining_at_start = event.run_id, event.completed, event.remaining
                self._started_s = self.clock()
            case events.SampleStarted():
                self.in_flight[event.key] = self.clock()
                self.waiting = None
            case events.SampleCompleted():
                self._complete(event.outcome)
            case events.SampleFailed():
                self._fail(event)
            case events.SampleLeft():
                self.in_flight.pop(event.key, None)
                self._calls_of.pop(event.key, None)
            case events.CallFinished():
                self._call(event)
            case events.CallsUnderWay():
                self.calls_out[event.address] = event.in_flight, event.limit
            case events.Waiting():
                self.waiting = event.reason
            case events.Draining():
                self.draining = event
            case events.RunFinished():
                self.finished = event

    @property
    def remaining(self) -> int | None:
        """Samples that are neither done nor parked, None where the run does not know."""
        if self.remaining_at_start is None:
            return None
        return max(0, self.remaining_at_start - self.done - self.failed)

    @property
    def total(self) -> int | None:
        """All samples of the run directory, those of earlier runs included."""
        return None if self.remaining_at_start is None else self.before + self.remaining_at_start

    @property
    def round_index(self) -> int | None:
        """The lowest round that is being worked on."""
        return min((key.round_index for key in self.in_flight), default=None)

    @property
    def mean_score(self) -> float | None:
        """The mean score of this run's records, 0..1."""
        return self.score_sum / self.done if self.done else None

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run started; 0 before that."""
        return 0.0 if self._started_s is None else self.clock() - self._started_s

    @property
    def rate_per_s(self) -> float | None:
        """Samples a second made durable by this run; None before there are three."""
        self._forget_old()
        span = min(WINDOW_S, self.elapsed_s)
        return len(self._durable) / span if len(self._durable) >= _MIN_FOR_RATE and span > 0 else None

    @property
    def eta_s(self) -> float | None:
        """Seconds until all is done at this rate; None where that cannot be said."""
        rate, remaining = self.rate_per_s, self.remaining
        return None if not rate or remaining is None else remaining / rate

    def _complete(self, outcome: Outcome) -> None:
        score = outcome.record.score
        self.done += 1
        self.score_sum += score
        self.perfect += score >= 1
        self.bins[min(int(score * N_BINS), N_BINS - 1)] += 1
        self.last = outcome
        self._end(outcome.key)

    def _fail(self, event: events.SampleFailed) -> None:
        self.failed += 1
        self.failures[event.failure.error_type] += 1
        self._end(event.failure.key)

    def _end(self, key: SampleKey) -> None:
        self.in_flight.pop(key, None)
        fresh, replayed = self._calls_of.pop(key, [0, 0])
        if fresh or not replayed:
            self._durable.append(self.clock())

    def _call(self, event: events.CallFinished) -> None:
        self._calls_of.setdefault(event.call.key, [0, 0])[event.from_journal] += 1
        if event.from_journal:
            self.replayed_calls += 1
            return
        self.waiting = None
        self.calls += 1
        self.prompt_tokens += event.call.prompt_tokens
        self.cached_tokens += event.call.cached_tokens
        self.completion_tokens += event.call.completion_tokens
        self.cost_usd += event.call.cost_usd or 0.0
        self.unpriced_calls += event.call.cost_usd is None

    def _forget_old(self) -> None:
        while self._durable and self._durable[0] < self.clock() - WINDOW_S:
            self._durable.popleft()
