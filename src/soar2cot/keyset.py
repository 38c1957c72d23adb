"""Millions of sample keys in little memory, growing: an ordered set that packs each key into eight bytes.

Five million `SampleKey` tuples in a Python set take more than a gigabyte; here they take 80 megabytes, and two
sets are compared by numpy, not key by key.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from soar2cot.key_bits import KeyBits
from soar2cot.key_columns import KeyColumns
from soar2cot.records import SampleKey

DATA_TYPES = ("original", "hindsight")

Packed: TypeAlias = "npt.NDArray[np.int64]"

_RECENT_MAX = 1 << 16
_CHUNK = 1 << 16


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
        self._sorted: Packed | None = None
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

    def extend(self, *columns: KeyColumns, distinct: bool = False) -> int:
        """Adds many keys at once, in order; gives how many were new. `distinct`: no key stands twice in them."""
        packed = np.concatenate([np.empty(0, np.int64), *map(self._packed, columns)])
        fresh = packed if distinct else _first_of_each(packed)
        if len(self):
            known = self.packed
            fresh = fresh[~np.isin(fresh, known[np.isin(known, fresh)])]  # a few among millions without sorting those
        self._append(fresh)
        return len(fresh)

    def _packed(self, columns: KeyColumns) -> Packed:
        if not len(columns):
            return np.empty(0, np.int64)
        tasks = np.array([self.tasks.code(task) for task in columns.tasks], np.int64) << 32
        kinds = np.array([DATA_TYPES.index(kind) for kind in columns.kinds], np.int64)
        packed = np.empty(len(columns), np.int64)
        for part in _parts(len(columns)):
            rounds = columns.round_index[part].astype(np.int64) << 1
            packed[part] = tasks[columns.task[part]] | rounds | kinds[columns.kind[part]]
        return packed

    def remove(self, keys: Packed) -> None:
        """Takes out packed keys; the order of the others stays."""
        left = self.packed[~np.isin(self.packed, keys)]
        self._order = array("q")
        self._append(left)

    @property
    def packed(self) -> Packed:
        """The packed keys in order of adding, a copy."""
        return np.frombuffer(self._order, np.int64).copy() if self._order else np.empty(0, np.int64)

    def columns(self, packed: Packed | None = None) -> KeyColumns:
        """The keys as columns, in order of adding; or these packed ones."""
        packed = self.packed if packed is None else packed
        n = len(packed)
        task, rounds, kind = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int8)
        for part in _parts(n):
            task[part] = packed[part] >> 32
            rounds[part] = packed[part] >> 1 & 0x7FFFFFFF
            kind[part] = packed[part] & 1
        return KeyColumns(tuple(self.tasks.names), DATA_TYPES, task, rounds, kind)

    def part(self, which: slice) -> KeyColumns:
        """The keys of a stretch, in order of adding, as columns."""
        return self.columns(np.frombuffer(self._order, np.int64)[which].copy())

    def bits(self) -> KeyBits | None:
        """The keys without their order; None where rounds are so high that they would take much room."""
        packed, n_tasks = self.packed, len(self.tasks.names)
        n_rounds = int((packed >> 1 & 0x7FFFFFFF).max()) + 1 if len(packed) else 0
        pieces = (packed[part] for part in _parts(len(packed)))
        numbers = (((item >> 1 & 0x7FFFFFFF) * n_tasks + (item >> 32)) * 2 + (item & 1) for item in pieces)
        return KeyBits.of(self.tasks.names, n_rounds, numbers)

    def moves(self) -> npt.NDArray[np.int32]:
        """For each key in order of adding, how much later its place is by round, task and kind, (n,)."""
        by_work = np.argsort(self.columns().numbers(), kind="stable")
        moves = np.empty(len(self), np.int32)
        moves[by_work] = np.arange(len(self), dtype=np.int32)
        return moves - np.arange(len(self), dtype=np.int32)

    @classmethod
    def of_bits(cls, bits: KeyBits, *, tasks: TaskTable | None = None, moves: npt.NDArray[Any] | None = None) -> KeySet:
        """The keys, by round, task and kind; or with their `moves`, in the order in which they were added.

        Raises: ValueError: these are not the moves of as many keys.
        """
        keys = cls(tasks=tasks)
        codes = np.array([keys.tasks.code(task) for task in bits.tasks], np.int64) << 32
        for rounds, task, kind in bits.columns():
            keys._append(codes[task] | rounds.astype(np.int64) << 1 | kind)
        if moves is not None and (len(moves) != len(keys) or moves.any()):
            keys._reorder(moves)
        return keys

    # --- inside

    def _reorder(self, moves: npt.NDArray[Any]) -> None:
        if len(moves) != len(self):
            raise ValueError(f"{len(moves)} moves for {len(self)} keys")
        by_work, self._order = np.frombuffer(self._order, np.int64), array("q")
        for part in _parts(len(moves)):
            self._append(by_work[np.arange(part.start, part.start + len(moves[part])) + moves[part]])

    def _append(self, fresh: Packed) -> None:
        """Adds keys of which none is there yet."""
        self._order.frombytes(np.ascontiguousarray(fresh).view(np.uint8).data)
        self._sorted = None
        self._recent.clear()

    def _has(self, packed: int) -> bool:
        if packed in self._recent:
            return True
        if self._sorted is None:
            self._sorted = np.sort(self.packed)
        place = int(np.searchsorted(self._sorted, packed))
        return place < len(self._sorted) and int(self._sorted[place]) == packed

    def _merge(self) -> None:
        self._sorted = None
        self._recent.clear()


def _parts(n: int) -> Iterator[slice]:
    """Stretches of `n` that the processor's cache holds: whole columns would cost fresh memory for every step."""
    return (slice(start, start + _CHUNK) for start in range(0, n, _CHUNK))


def _first_of_each(packed: Packed) -> Packed:
    """Each number once, where it stands first."""
    ordered = np.sort(packed)
    if not len(packed) or bool((ordered[1:] > ordered[:-1]).all()):
        return packed
    _, first = np.unique(packed, return_index=True)
    return packed[np.sort(first)]
