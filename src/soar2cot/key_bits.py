"""Millions of keys in some hundred kilobytes: a bit for every key that there could be, compressed, as a text."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

_BITS_MAX = 1 << 27  # 16 MB before compression; the published data set needs 1.2
_PIECE_BYTES = 1 << 13


@dataclass(frozen=True, slots=True)
class KeyBits:
    """A set of keys as numbers, `(round_index * len(tasks) + task) * 2 + kind`, each a bit.

    `task` is a place in `tasks`; `kind` is 0 for original, 1 for hindsight. The order of the keys is not in it.
    """

    tasks: tuple[str, ...]
    bits: bytes

    @classmethod
    def of(cls, tasks: Iterable[str], n_rounds: int, numbers: Iterable[NDArray[np.int64]]) -> KeyBits | None:
        """The set of these numbers; None where rounds are so high that it would take much room."""
        names = tuple(tasks)
        size = n_rounds * len(names) * 2
        if size > _BITS_MAX:
            return None
        table = np.zeros(size, np.bool_)
        for part in numbers:
            table[part] = True
        return cls(names, np.packbits(table).tobytes())

    def columns(self) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int8]]]:
        """(round, task, kind), by round, then task, then kind, many at a time; without a division, which costs most."""
        width = 2 * max(1, len(self.tasks))
        held = np.frombuffer(self.bits, np.uint8)
        step = 8 * max(1, _PIECE_BYTES // width)  # rounds: eight of them end with a byte
        for first in range(0, -(-len(held) * 8 // width), step):
            piece = np.unpackbits(held[first * width // 8 : (first + step) * width // 8]).view(np.bool_)
            places = np.flatnonzero(piece).astype(np.int32)
            starts = np.arange(0, len(piece) + width, width, dtype=np.int32)
            counts = np.diff(np.searchsorted(places, starts))
            place = places - np.repeat(starts[:-1], counts)
            rounds = np.repeat(np.arange(first, first + len(counts), dtype=np.int32), counts)
            yield rounds, place >> 1, (place & 1).astype(np.int8)

    def text(self) -> str:
        """One line of JSON, with a checksum."""
        pressed = base64.b64encode(zlib.compress(self.bits, 1)).decode()
        return orjson.dumps({"tasks": self.tasks, "bits": pressed, "sha256": self._digest()}).decode()

    @classmethod
    def from_text(cls, text: str | bytes) -> KeyBits | None:
        """What `text` gave; None where that is no such text, or was damaged."""
        try:
            said: dict[str, Any] = orjson.loads(text)
            bits = zlib.decompress(base64.b64decode(said["bits"], validate=True))
            found = cls(tuple(said["tasks"]), bits)
            return found if found._digest() == said["sha256"] else None
        except (ValueError, KeyError, TypeError, zlib.error, binascii.Error):
            return None

    def _digest(self) -> str:
        return hashlib.sha256(orjson.dumps(self.tasks) + self.bits).hexdigest()
