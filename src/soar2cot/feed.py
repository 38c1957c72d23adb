"""Samples as a pipeline takes them up: some at a time, as many as it has room for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Protocol, TypeAlias

from soar2cot.records import Sample
from soar2cot.soar_loader import BadRow

READ_AT_ONCE = 64  # samples that a thread reads ahead: handing over each by itself costs more than decoding it

Item: TypeAlias = Sample | BadRow


class Feed(Protocol):
    """Where the next samples come from, in order; used from one event loop, by one who takes."""

    async def filled(self) -> bool:
        """Waits until there is something to take; False where there will be no more."""
        ...

    def take(self, most: int) -> list[Item]:
        """What is there, at most `most`."""
        ...


class ReadAhead:
    """A stream that is read in a thread. What was read and not taken has begun nowhere: it can be forgotten."""

    def __init__(self, samples: Iterator[Item]) -> None:
        self._samples = samples
        self._read: deque[Item] = deque()

    async def filled(self) -> bool:
        """See `Feed`."""
        if not self._read:
            self._read.extend(await asyncio.to_thread(list, islice(self._samples, READ_AT_ONCE)))
        return bool(self._read)

    def take(self, most: int) -> list[Item]:
        """See `Feed`."""
        return taken(self._read, most)


def taken(items: deque[Item], most: int) -> list[Item]:
    """The first items, at most `most`, which they leave."""
    return [items.popleft() for _ in range(min(most, len(items)))]
