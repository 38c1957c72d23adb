"""What makes a program's result the same every time: seeds, counters for clocks, a sink for prints."""

from __future__ import annotations

import random
import sys
import time
from typing import Any

SEED = 0


class OutputLimit(BaseException):
    """The program printed too much."""


class Sink:
    """Where prints go: counted, not kept. `full` stays true once the limit is passed."""

    encoding = "utf-8"
    errors = "replace"
    closed = False

    def __init__(self, limit: int) -> None:
        self.limit = limit
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
        self._clock = Clock()
        self._entropy = random.Random(SEED)
        self._reseed = random.seed
        self._still_clocks()
        self._still_entropy()

    def reset(self) -> None:
        """As if the interpreter had just started."""
        self._clock.ticks = 0
        self._reseed(SEED)
        numpy_random = sys.modules.get("numpy.random")
        if numpy_random is not None:
            numpy_random.seed(SEED)

    def _still_clocks(self) -> None:
        for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
            setattr(time, name, self._clock.seconds)
            setattr(time, name + "_ns", self._clock.nanoseconds)
        time.sleep = self._clock.sleep

    def _still_entropy(self) -> None:
        random._urandom = self._entropy.randbytes
