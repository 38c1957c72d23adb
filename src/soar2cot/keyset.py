"""Millions of sample keys in little memory, growing: an ordered set that packs each key into eight bytes.

Five million `SampleKey` tuples in a Python set take more than a gigabyte; here they take 80 megabytes, and two
sets are compared by numpy, not key by key.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt

from soar2cot.key_columns import KeyColumns
from soar2cot.records import SampleKey

DATA_TYPES = ("original", "hindsight")

Packed: TypeAlias = "npt.NDArray[np.int64]"

_RECENT_MAX = 1 << 16


class TaskTable:
    """Task ids and the small numbers that stand for them; shared by the key sets that are to be compared."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._names: list[str] = []

    @property
    def names(self) -> list[str]:
        """The task ids, each at the place of its number."""
        return self._names

    def code(self, task_id: str) -> int:
        """The number of a task id; a new one where it is new."""
        code = self._codes.get(task_id)
        if code is None:
            code = self._codes[task_id] = len(self._names)
            self._names.append(task_id)
        return code

    def pack(self, key: SampleKey) -> int:
        """The key as one integer: task, round (31 bits), data type (1 bit)."""
        return self.code(key[0]) << 32 | key[1] << 1 | DATA_TYPES.index(key[2])

    def unpack(self, packed: int) -> SampleKey:
        """The key of an integer that this table packed."""
        return SampleKey(self._names[packed >> 32], packed >> 1 & 0x7FFFFFFF, DATA_TYPES[packed & 1])


class KeySet:
    """Keys in the order in which they were added, each once.

    Membership looks into a sorted array and a small set of recent ones, which is merged into it now and then.
    """

    def __init__(self, keys: Iterable[SampleKey] = (), *, tasks: TaskTable | None = None) -> None:
        self.tasks = tasks or TaskTable()
        self._order = array("q")
        self._sorted: Packed = np.empty(0, np.int64)
        self._recent: set[int] = set()
        for key in keys:
            self.add(key)

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[SampleKey]:
        return map(self.tasks.unpack, self._order)

    def __contains__(self, key: object) -> bool:
        return self._has(self.tasks.pack(cast("SampleKey", key)))

    def add(self, key: SampleKey) -> bool:
        """Adds the key at the end; False where it was there already."""
        packed = self.tasks.pack(key)
        if self._has(packed):
            return False
        self._order.append(packed)
        self._recent.add(packed)
        if len(self._recent) > _RECENT_MAX:
            self._merge()
        return True

    def extend(self, columns: KeyColumns, *, distinct: bool = False) -> int:
        """Adds many keys at once, in order; gives how many were new. `distinct`: no key stands twice in them."""
        tasks = np.array([self.tasks.code(task) for task in columns.tasks], np.int64)
        kinds = np.array([DATA_TYPES.index(kind) for kind in columns.kinds], np.int64)
        if not len(columns):
            return 0
        packed = tasks[columns.task] << 32 | columns.round_index << 1 | kinds[columns.kind]
        if not distinct:
            _, first = np.unique(packed, return_index=True)
            packed = packed[np.sort(first)]
        fresh = packed[~np.isin(packed, self.packed)] if len(self) else packed
        self._order.frombytes(fresh.tobytes())
        self._merge()
        return len(fresh)

    def remove(self, keys: Packed) -> None:
        """Takes out packed keys; the order of the others stays."""
        left = self.packed[~np.isin(self.packed, keys)]
        self._order = array("q", left.tobytes())
        self._merge()

    @property
    def packed(self) -> Packed:
        """The packed keys in order of adding, a copy."""
        return np.frombuffer(self._order, np.int64).copy() if self._order else np.empty(0, np.int64)

    def columns(self) -> KeyColumns:
        """The keys as columns, in order of adding."""
        packed = self.packed
        return KeyColumns(
            tasks=tuple(self.tasks.names),
            kinds=DATA_TYPES,
            task=(packed >> 32).astype(np.int32),
            round_index=packed >> 1 & 0x7FFFFFFF,
            kind=(packed & 1).astype(np.int8),
        )

    def unpack(self, packed: Packed) -> list[SampleKey]:
        """The keys of packed ones."""
        return [self.tasks.unpack(item) for item in packed.tolist()]

    def _has(self, packed: int) -> bool:
        if packed in self._recent:
            return True
        place = int(np.searchsorted(self._sorted, packed)) if len(self._sorted) else 0
        return place < len(self._sorted) and int(self._sorted[place]) == packed

    def _merge(self) -> None:
        self._sorted = np.sort(self.packed)
        self._recent.clear()
