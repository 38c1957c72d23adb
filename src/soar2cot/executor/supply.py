"""What is left to do, for many workers: the stream, and before it what a dead worker held.

A sample that was out at `max_deaths - 1` deaths is given to a worker that has nothing else, so that the next death
speaks against it alone; after `max_deaths` it goes out as a bad row, which parks it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Coroutine, Iterable, Iterator
from itertools import islice
from typing import Any

from soar2cot.errors import WorkerDiedError
from soar2cot.feed import READ_AT_ONCE, Item
from soar2cot.records import SampleKey
from soar2cot.soar_loader import BadRow


class Supply:
    """Used from one event loop; the stream is read in a thread."""

    def __init__(self, samples: Iterator[Item], *, max_deaths: int) -> None:
        self._samples = samples
        self._max_deaths = max_deaths
        self._read: deque[Item] = deque()
        self._back: deque[Item] = deque()
        self._suspects: deque[Item] = deque()
        self._deaths: dict[SampleKey, int] = {}
        self._reading = asyncio.Lock()
        self._ended = False
        self._news = asyncio.Event()
        self._finished = asyncio.Event()
        self.n_out = 0

    @property
    def is_finished(self) -> bool:
        """Whether the stream is over and nothing is out with a worker."""
        return self._finished.is_set()

    async def finished(self) -> None:
        """Returns when nothing is left to do."""
        await self._finished.wait()

    def news(self) -> Coroutine[Any, Any, Any]:
        """Returns when, from now on, there may be something to take, or all is finished."""
        return self._news.wait()

    def changed(self) -> None:
        """Wakes all who wait for news."""
        self._news.set()
        self._news = asyncio.Event()

    # --- out

    async def take(self, held: Collection[SampleKey], room: int) -> list[Item]:
        """What a worker that holds `held` may have now, so that it holds at most `room`; in order."""
        if room <= 0 or (self._deaths and any(self._is_suspect(key) for key in held)):
            return []
        if self._suspects:  # nobody gets anything else: soon one has nothing left, and takes it alone
            return [] if held else self._out([self._suspects.popleft()])
        n_wanted = room - len(held)
        if n_wanted > len(self._back) + len(self._read) and not self._ended:
            await self._read_on(n_wanted)
        taken: list[Item] = []
        for line in (self._back, self._read):
            while line and len(taken) < n_wanted:
                taken.append(line.popleft())
        self._out(taken)
        self._look()
        return taken

    def _is_suspect(self, key: SampleKey) -> bool:
        return self._deaths.get(key, 0) >= self._max_deaths - 1

    def _out(self, items: list[Item]) -> list[Item]:
        self.n_out += len(items)
        return items

    async def _read_on(self, n_wanted: int) -> None:
        """Reads ahead, one worker's wish at a time."""
        async with self._reading:
            n_missing = n_wanted - len(self._back) - len(self._read)
            if n_missing <= 0 or self._ended:
                return
            n_asked = max(READ_AT_ONCE, n_missing)
            found = await asyncio.to_thread(list, islice(self._samples, n_asked))
            self._read.extend(found)
            self._ended = len(found) < n_asked

    # --- back

    def done(self, key: SampleKey) -> None:
        """A sample came to its end."""
        self._deaths.pop(key, None)
        self.n_out -= 1
        self._look()

    def put_back(self, items: Iterable[Item]) -> None:
        """Samples that a worker never began."""
        for item in items:
            self._back.append(item)
            self.n_out -= 1
        self.changed()

    def again(self, items: Iterable[Item]) -> None:
        """Samples that were with a worker when it died."""
        for item in items:
            self.n_out -= 1
            deaths = self._deaths[item.key] = self._deaths.get(item.key, 0) + 1
            if deaths >= self._max_deaths:
                self._back.append(_to_be_parked(item, deaths))
                del self._deaths[item.key]
            elif self._is_suspect(item.key):
                self._suspects.append(item)
            else:
                self._back.append(item)
        self.changed()

    def _look(self) -> None:
        left = self.n_out or self._read or self._back or self._suspects
        if self._ended and not left:
            self._finished.set()
            self.changed()


def _to_be_parked(item: Item, deaths: int) -> BadRow:
    error = WorkerDiedError(
        f"sample {item.key}: {deaths} workers died while they had it, the last one with nothing else; look at it "
        "with `soar2cot failures`, give workers more memory, or leave it: the next run tries it again"
    )
    return BadRow(item.key, error, item.row)
