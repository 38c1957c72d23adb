"""Many sample keys as three columns: millions of them without a Python object each.

A set of 2,500,000 tuples takes 600 MB and seconds to build. Here a task id is a number in a vocabulary, and
comparing, subtracting and looking up are array operations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from soar2cot.records import SampleKey

_CHUNK = 100_000
_PART = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class KeyColumns:
    """Sample keys, column by column; position i of each array belongs to key i.

    Shapes: task, round_index, kind: (n,). `task` and `kind` are positions in `tasks` and `kinds`.
    """

    tasks: tuple[str, ...]
    kinds: tuple[str, ...]
    task: NDArray[np.int32]
    round_index: NDArray[np.int32] | NDArray[np.int64]
    kind: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.task)

    def __getitem__(self, position: int) -> SampleKey:
        return SampleKey(
            self.tasks[self.task[position]], int(self.round_index[position]), self.kinds[self.kind[position]]
        )

    def __iter__(self) -> Iterator[SampleKey]:
        for start in range(0, len(self), _CHUNK):
            part = slice(start, start + _CHUNK)
            columns = (self.task[part].tolist(), self.round_index[part].tolist(), self.kind[part].tolist())
            for task, round_index, kind in zip(*columns, strict=True):
                yield SampleKey(self.tasks[task], round_index, self.kinds[kind])

    @classmethod
    def of(cls, keys: Iterable[SampleKey | tuple[str, int, str]]) -> KeyColumns:
        """Columns of any keys, read as a stream; columns are given back as they are."""
        if isinstance(keys, KeyColumns):
            return keys
        tasks: dict[str, int] = {}
        kinds: dict[str, int] = {}
        parts = [_encode(chunk, tasks, kinds) for chunk in _chunks(keys)]
        task, round_index, kind = (
            np.concatenate(column) for column in zip(_encode([], tasks, kinds), *parts, strict=True)
        )
        return cls(tuple(tasks), tuple(kinds), task.astype(np.int32), round_index, kind.astype(np.int8))

    @classmethod
    def empty(cls) -> KeyColumns:
        """No key."""
        return cls.of(())

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> KeyColumns:
        """The keys at these positions, or where this mask is true."""
        return KeyColumns(self.tasks, self.kinds, self.task[which], self.round_index[which], self.kind[which])

    def part(self, which: slice) -> KeyColumns:
        """The keys of a stretch, not copied."""
        return KeyColumns(self.tasks, self.kinds, self.task[which], self.round_index[which], self.kind[which])

    def with_own_tasks(self) -> KeyColumns:
        """The same keys with a vocabulary of only those tasks that occur, in the order of the earlier one."""
        used: list[int] = np.unique(self.task).tolist()
        tasks = tuple(self.tasks[place] for place in used)
        return KeyColumns(tasks, self.kinds, self.spelled(tasks, self.kinds)[0], self.round_index, self.kind)

    def spelled(self, tasks: Sequence[str], kinds: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
        """`task` and `kind` in another vocabulary; -1 for a word that it does not have."""
        return _translate(self.tasks, tasks)[self.task], _translate(self.kinds, kinds)[self.kind].astype(np.int8)

    def without(self, other: KeyColumns) -> KeyColumns:
        """The keys that `other` does not have, in order."""
        return self.take(~self.is_in(other))

    def is_in(self, other: KeyColumns) -> NDArray[np.bool_]:
        """Which of these keys `other` has, (n,)."""
        tasks = tuple(dict.fromkeys(self.tasks + other.tasks))
        kinds = tuple(dict.fromkeys(self.kinds + other.kinds))
        mine, theirs = self._numbers(tasks, kinds), other._numbers(tasks, kinds)
        return np.isin(mine, theirs)

    def unique(self) -> KeyColumns:
        """Each key once, where it stands first."""
        _, first = np.unique(self.numbers(), return_index=True)
        return self.take(np.sort(first))

    def numbers(self) -> NDArray[np.int64]:
        """One number a key, `(round_index * n_tasks + task) * n_kinds + kind`; ascending in the order of work where
        `tasks` is in alphabetical order."""
        return (self.round_index.astype(np.int64) * len(self.tasks) + self.task) * len(self.kinds) + self.kind

    def numbers_in_parts(self) -> Iterator[tuple[slice, NDArray[np.int64]]]:
        """Where and what: the numbers of so many keys at a time. Those of five million would take 160 MB at once."""
        for start in range(0, len(self), _PART):
            part = slice(start, min(start + _PART, len(self)))
            yield part, self.part(part).numbers()

    def _numbers(self, tasks: tuple[str, ...], kinds: tuple[str, ...]) -> NDArray[np.int64]:
        """The numbers in another vocabulary, which has all words of this one."""
        task, kind = self.spelled(tasks, kinds)
        return KeyColumns(tasks, kinds, task, self.round_index, kind).numbers()


def _translate(words: Sequence[str], vocabulary: Sequence[str]) -> NDArray[np.int32]:
    places = {word: place for place, word in enumerate(vocabulary)}
    return np.array([places.get(word, -1) for word in words], dtype=np.int32)


def _chunks(keys: Iterable[SampleKey | tuple[str, int, str]]) -> Iterator[list[SampleKey | tuple[str, int, str]]]:
    items = iter(keys)
    while chunk := list(islice(items, _CHUNK)):
        yield chunk


def _encode(
    keys: Sequence[tuple[str, int, str]], tasks: dict[str, int], kinds: dict[str, int]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int8]]:
    n = len(keys)
    return (
        np.fromiter((tasks.setdefault(key[0], len(tasks)) for key in keys), dtype=np.int32, count=n),
        np.fromiter((key[1] for key in keys), dtype=np.int64, count=n),
        np.fromiter((kinds.setdefault(key[2], len(kinds)) for key in keys), dtype=np.int8, count=n),
    )
