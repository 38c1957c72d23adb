"""The number of calls under way that a server can use, found by trying.

Pure: it is told what happens and when, and says how many. A level is tried for as long as its calls take and kept if
the latency grew by clearly less than the load (so throughput grew); otherwise the last good level comes back.

    slow start ── doubling, until it no longer pays or the server refuses ──► hold
    hold ── every few rounds ──► a quarter more, twice as eager after each success; or a fifth less, kept where
            nothing is lost by it (what was queueing at the server is of no use there)
    latency grew by itself ──► one cut in proportion; taken back where it did not help
    429 ──► one cut, and no further one before a call that was sent after it is refused; 5xx change nothing

Latencies are compared per kind of call, so that a change from long calls to short ones does not look like a change of
the server. Nothing grows while there are no calls waiting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

FIRST_LIMIT = 4
MAX_LIMIT = 4_096

_PAYS = 0.75  # share of the growth of load that the latency may grow by
_UP = 1.25
_DOWN = 0.8
_SUSPICIOUS = 1.35
_KEPT_THROUGHPUT = 0.85
_CUT = 0.85
_CALLS_PER_REFUSAL = 150  # trying beyond a known ceiling is bought with this many calls: refused share below 1 %
_MOST_DONE = 0.9
_LONG_HOLD = 6
_QUEUEING = 1.1
_LARGE_STEP = 1.5
_LEAST_TO_LESSEN = 4


class _Trying(Enum):
    NOTHING = "hold"
    MORE = "more"
    LESS = "less"
    CUT = "cut"


@dataclass(slots=True)
class Sent:
    """A call under way, as the controller remembers it."""

    at: float
    epoch: int


@dataclass(slots=True)
class _Round:
    """The first `need` calls that were sent at one level: nearly all of them must end before it counts.

    Waiting for those that were sent first, not for those that end first, keeps long calls in the picture.
    """

    epoch: int
    need: int
    n_sent: int = 0
    n_ended: int = 0
    n_waited: int = 0
    kinds: dict[str, tuple[int, float]] = field(default_factory=dict[str, tuple[int, float]])

    @property
    def over(self) -> bool:
        return self.n_sent >= self.need and self.n_ended >= _MOST_DONE * self.need

    @property
    def saturated(self) -> bool:
        return self.n_waited >= 0.8 * self.n_ended

    @property
    def mean_s(self) -> float:
        n = sum(count for count, _ in self.kinds.values())
        return sum(total for _, total in self.kinds.values()) / n if n else 0.0

    def learn(self, kind: str, latency_s: float) -> None:
        count, total = self.kinds.get(kind, (0, 0.0))
        self.kinds[kind] = (count + 1, total + latency_s)

    def growth(self, usual: dict[str, float]) -> float:
        """Latency over the usual one of the same kinds; 1 where nothing can be compared."""
        known = [(count, total, usual[kind]) for kind, (count, total) in self.kinds.items() if usual.get(kind)]
        expected = sum(count * mean for count, _, mean in known)
        return sum(total for _, total, _ in known) / expected if expected else 1.0

    def means(self) -> dict[str, float]:
        return {kind: total / count for kind, (count, total) in self.kinds.items()}


class AutoLimit:
    """Decides how many calls may be under way. All times are seconds of one monotonic clock."""

    tick_s = 0.02

    def __init__(self, first: int = FIRST_LIMIT) -> None:
        self._base = float(first)  # the last level that proved good
        self._goal = float(first)
        self._limit = float(first)
        self._trying = _Trying.MORE  # the first round only learns what is usual
        self._slow_start = True
        self._gain = 2.0
        self._usual: dict[str, float] = {}
        self._suspected: dict[str, float] = {}
        self._before_cut = 0.0
        self._n_suspicious = 0
        self._new_level = False
        self._ramp_from = 0.0
        self._ramp_s = 0.0
        self._hold = 0
        self._long_hold = 1
        self._probes = 0
        self._epoch = 0
        self._round = _Round(0, self._need())
        self._ceiling: float | None = None
        self._cut_at = -1.0
        self._cut_from = 0.0
        self._free_calls = 0.0

    @property
    def limit(self) -> int:
        """How many calls may be under way now."""
        return max(1, min(MAX_LIMIT, int(self._limit + 1e-6)))

    @property
    def growing(self) -> bool:
        """Whether the limit is on its way up and wants `tick` every `tick_s`."""
        return self._limit < self._goal

    # --- what it is told

    def started(self, now: float) -> Sent:
        """A call goes out."""
        self._free_calls += 1
        if not self.growing and self._round.n_sent < self._round.need:
            self._round.n_sent += 1
            return Sent(now, self._epoch)
        return Sent(now, -1)

    def answered(self, sent: Sent, kind: str, latency_s: float) -> None:
        """An answer came. To be followed by `ended`."""
        if sent.epoch == self._epoch:
            self._round.learn(kind, latency_s)

    def ended(self, now: float, sent: Sent, *, waiting: int) -> None:
        """A call is over, well or not; `waiting` calls stand in line."""
        if sent.epoch == self._epoch:
            self._round.n_ended += 1
            self._round.n_waited += waiting > 0
            if self._round.over:
                self._judge(now)
        self.tick(now)

    def rejected(self, now: float, sent: Sent, *, in_use: int) -> None:
        """The server has no room for this call, which is among the `in_use`. To be followed by `ended`."""
        accepted = max(1.0, float(in_use - 1 - in_use // 64))  # a few of them are answers on their way back
        if sent.at <= self._cut_at:  # of the same burst: it only makes the ceiling known better
            level = max(min(self._base, accepted), _CUT * self._cut_from)
        elif self._trying is _Trying.MORE:
            level = max(min(self._goal, accepted), _CUT * self._base)
        else:
            level = min(accepted, _CUT * self._base)
        if sent.at > self._cut_at:
            self._cut_at, self._cut_from, self._free_calls = now, self._limit, 0.0
            self._gain, self._slow_start = _UP, False
        self._free_calls -= _CALLS_PER_REFUSAL
        self._ceiling = accepted
        self._settle(max(1.0, level), hold=1)

    def tick(self, now: float) -> None:
        """Lets the limit grow towards its goal, spread over time: a server that refuses is noticed early."""
        if not self.growing:
            return
        share = 1.0 if self._ramp_s <= 0 else min(1.0, (now - self._ramp_from) / self._ramp_s)
        self._limit = self._goal if share >= 1 else max(self._limit, self._base + share * (self._goal - self._base))
        if not self.growing:
            self._new_round()

    # --- what it makes of it

    def _judge(self, now: float) -> None:
        done, growth = self._round, self._round.growth(self._usual)
        load = self._goal / self._base
        if self._trying is _Trying.MORE:
            self._judge_more(now, done, growth, growth <= 1 + _PAYS * (load - 1))
        elif self._trying is _Trying.LESS:
            self._judge_less(done, growth <= 1 - _PAYS * (1 - load))
        elif self._trying is _Trying.CUT:
            self._judge_cut(done)
        else:
            self._judge_hold(now, done, growth)

    def _judge_more(self, now: float, done: _Round, growth: float, pays: bool) -> None:
        if not done.saturated:
            self._settle(self._base, hold=1)
            return
        if not pays:
            self._slow_start, self._gain = False, _UP
            self._settle(self._base, hold=self._longer())
            return
        self._long_hold = 1
        if growth > _QUEUEING:  # a part of it only waits at the server: keep what is served, see what is usual there
            self._slow_start, self._gain, self._new_level = False, _UP, True
            self._settle(max(self._base, self._goal / growth), hold=1)
            return
        self._keep(done)
        self._gain = 2.0 if self._slow_start else min(2.0, self._gain * 1.2)
        self._try_more(now)

    def _judge_less(self, done: _Round, free: bool) -> None:
        """Less that costs nothing is kept, and still less is tried at once."""
        if not free:
            self._settle(self._base, hold=self._longer())
            return
        self._keep(done)
        if self._base >= _LEAST_TO_LESSEN:
            self._try_less()

    def _judge_cut(self, done: _Round) -> None:
        """Little's law: calls under way over latency is throughput. A cut that cost some is taken back."""
        before = self._before_cut / _mean(self._suspected)
        after = self._limit / done.mean_s if done.mean_s else before
        if after >= _KEPT_THROUGHPUT * before:
            self._keep(done)
        else:
            self._usual.update(self._suspected)
            self._settle(self._before_cut, hold=_LONG_HOLD)

    def _judge_hold(self, now: float, done: _Round, growth: float) -> None:
        if growth >= _SUSPICIOUS and self._base > 1:
            self._suspect(done, growth)
            return
        self._n_suspicious = 0
        weight, self._new_level = (1.0 if self._new_level else 0.2), False
        for kind, mean_s in done.means().items():
            self._usual[kind] = (1 - weight) * self._usual.get(kind, mean_s) + weight * mean_s
        self._hold -= 1
        if self._hold > 0 or not done.saturated:
            self._new_round()
            return
        self._probes += 1
        if self._probes % 3 == 0 and self._base >= _LEAST_TO_LESSEN:
            self._try_less()
        else:
            self._try_more(now)

    def _suspect(self, done: _Round, growth: float) -> None:
        """Latency grew by itself. The first such round began before the change: the second one is believed."""
        self._n_suspicious += 1
        if self._n_suspicious < 2:
            self._new_round()
            return
        self._n_suspicious = 0
        self._suspected, self._before_cut = done.means(), self._base
        self._trying = _Trying.CUT
        self._goal = self._limit = max(1.0, float(round(self._base / min(growth, 2.5))))  # 1.97 of 4 is 2, not 1
        self._new_round()

    def _try_more(self, now: float) -> None:
        goal = min(float(MAX_LIMIT), max(self._base + 1, self._base * self._gain))
        if self._ceiling is not None and self._free_calls < 0:
            goal = min(goal, self._ceiling)
        if goal <= self._base:
            self._settle(self._base, hold=1)
            return
        self._trying, self._goal = _Trying.MORE, goal
        self._ramp_from, self._ramp_s = now, 0.5 * _mean(self._usual)
        self._epoch += 1  # until the goal is reached nothing counts

    def _try_less(self) -> None:
        self._trying = _Trying.LESS
        self._goal = self._limit = max(1.0, min(self._base - 1, self._base * _DOWN))
        self._new_round()

    def _keep(self, done: _Round) -> None:
        self._usual.update(done.means())
        self._settle(self._goal, hold=1)

    def _settle(self, level: float, *, hold: int) -> None:
        self._base = self._goal = self._limit = level
        self._trying, self._hold = _Trying.NOTHING, hold
        self._new_round()

    def _longer(self) -> int:
        self._long_hold = min(_LONG_HOLD, self._long_hold * 2)
        return self._long_hold

    def _new_round(self) -> None:
        self._epoch += 1
        self._round = _Round(self._epoch, self._need())

    def _need(self) -> int:
        """Calls in a round: few where the step is large, as while doubling; more where a quarter must be seen."""
        level = max(1, int(self._goal))
        large = self._slow_start or self._goal >= _LARGE_STEP * self._base
        return max(8, level) if large else max(16, min(2 * level, 256), level)


def _mean(latencies: dict[str, float]) -> float:
    return sum(latencies.values()) / len(latencies) if latencies else 0.0
