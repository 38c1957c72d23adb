"""What makes a program's result the same every time: seeds, counters for clocks, a sink for prints."""

from __future__ import annotations

import datetime
import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any, cast


class OutputLimit(BaseException):
    """The program printed too much."""


class Sink:
    """Where prints go: counted, not kept. `full` stays true once the limit is passed."""

    encoding = "utf-8"
    errors = "replace"
    closed = False

    def __init__(self) -> None:
        self.limit = 0
        self.written = 0
        self.full = False

    def write(self, text: Any) -> int:
        """Counts. Raises: OutputLimit: over the limit."""
        n = len(text)
        self.written += n
        if self.written > self.limit:
            self.full = True
            raise OutputLimit(f"more than {self.limit} bytes were printed")
        return n

    def writelines(self, lines: Any) -> None:
        """Counts them all."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """It is no terminal."""
        return False


class Clock:
    """A clock that goes on by a millisecond at every look at it."""

    def __init__(self) -> None:
        self.ticks = 0

    def seconds(self) -> float:
        """The time, in seconds."""
        self.ticks += 1
        return 1_000_000_000 + self.ticks / 1_000

    def nanoseconds(self) -> int:
        """The time, in nanoseconds."""
        self.ticks += 1
        return 10**18 + self.ticks * 10**6

    def sleep(self, seconds: float) -> None:
        """Passes at once."""
        self.ticks += max(0, int(float(seconds) * 1_000))


class Calm:
    """Puts everything that could differ back to its start, before each run of a program."""

    def __init__(self) -> None:
        self.sink = Sink()
        # kept alive: their end would close descriptors, in a child that must not
        self._streams = sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__, sys.__stderr__
        sys.stdin = sys.__stdin__ = None  # type: ignore[assignment]
        self._clock = Clock()
        self._ballast: list[tuple[object, bytes]] = []
        self._entropy = random.Random(0)
        self._reseed = random.seed
        self._numpy_reseed = _numpy_reseed()
        self._still_clocks()
        self._still_entropy()

    def reset(self, seed: int = 0, *, chance: bool = True) -> None:
        """As if the interpreter had just started; `chance` false where the program cannot look at it anyway."""
        sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = self.sink  # type: ignore[assignment]
        self.sink.written, self.sink.full = 0, False
        if not chance:
            return
        self._clock.ticks = seed * 86_400_000
        # of every small size, so that it moves every address that is to come
        self._ballast = [(object(), bytes(8 * n % 520)) for n in range(97 * seed)]
        self._entropy.seed(seed)
        self._reseed(seed)
        if self._numpy_reseed is not None:
            self._numpy_reseed(seed)

    def _still_clocks(self) -> None:
        for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
            _replace(getattr(time, name), self._clock.seconds)
            _replace(getattr(time, name + "_ns"), self._clock.nanoseconds)
        self._still_calendar(self._clock.seconds, time.gmtime, time.strftime)
        _replace(time.sleep, self._clock.sleep)
        _replace(datetime.datetime, _still_datetime(self._clock))
        _replace(datetime.date, _still_date(self._clock))

    def _still_calendar(self, seconds: Callable[[], float], gmtime: Any, strftime: Any) -> None:
        """What takes the present moment where it is given none."""

        def formatted(form: str, moment: Any = None) -> Any:
            return strftime(form, gmtime(seconds()) if moment is None else moment)

        def clock_seconds(_: int) -> float:
            return seconds()

        def clock_nanoseconds(_: int) -> int:
            return self._clock.nanoseconds()

        for real in (time.gmtime, time.localtime, time.ctime):
            _replace(real, _with_default(real, seconds))
        _replace(time.asctime, _with_default(time.asctime, lambda: gmtime(seconds())))
        _replace(strftime, formatted)
        _replace(time.clock_gettime, clock_seconds)
        _replace(time.clock_gettime_ns, clock_nanoseconds)

    def _still_entropy(self) -> None:
        """Whoever asks the system for entropy gets a seeded stream: secrets, SystemRandom, numpy's SeedSequence."""
        _replace(os.urandom, self._entropy.randbytes)
        _replace(random.Random, _still_random(random.Random))


def _replace(old: Any, new: Any) -> None:
    """Puts `new` wherever a module has `old` by name."""
    for module in list(sys.modules.values()):
        for name in [name for name, value in vars(module).items() if value is old]:
            setattr(module, name, new)


def _with_default(real: Any, default: Callable[[], Any]) -> Any:
    """The function with another value in place of the present moment."""

    def given(moment: Any = None) -> Any:
        return real(default() if moment is None else moment)

    return given


def _still_date(clock: Clock) -> Any:
    date = datetime.date

    class Kind(type):
        """Every date is one, whoever made it."""

        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, date)

        def __subclasscheck__(cls, kind: type) -> bool:
            return issubclass(kind, date)

    class Date(date, metaclass=Kind):
        """Its `today` is the counter's."""

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(clock.seconds())

    return cast("Any", Date)


def _still_datetime(clock: Clock) -> Any:
    class Datetime(datetime.datetime):
        """Its `now` is the counter's."""

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls.fromtimestamp(clock.seconds(), tz or datetime.UTC).replace(tzinfo=tz)

        @classmethod
        def utcnow(cls) -> Any:
            return cls.now()

        @classmethod
        def today(cls) -> Any:
            return cls.now()

    return cast("Any", Datetime)


def _still_random(base: Any) -> Any:
    class Random(base):
        """Without a seed it starts from 0."""

        def __new__(cls, x: Any = None) -> Any:
            return cast("Any", super().__new__(cls, 0))

        def __init__(self, x: Any = None) -> None:
            super().__init__(0 if x is None else x)

    return Random


def _numpy_reseed() -> Any:
    """numpy's global seed, and its arrays without a start value filled with zeros; None without numpy."""
    numpy: Any = sys.modules.get("numpy")
    if numpy is None:
        return None

    def empty_like(prototype: Any, *args: Any, **options: Any) -> Any:
        array = real_empty_like(prototype, *args, **options)
        array.fill(0)
        return array

    real_empty_like = numpy.empty_like
    numpy.empty = numpy.zeros
    numpy.empty_like = empty_like
    return numpy.random.seed
