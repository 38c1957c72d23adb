"""The keys of a large sorted file, remembered in the run directory: to read them again is a third of a start.

What is remembered counts only while each file is the very one that it was: device, inode, size, times of writing and
of change, and the bytes of its footer, which holds the place, size and bounds of every stretch of every column.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from soar2cot import atomic
from soar2cot.key_bits import KeyBits
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.index import key_chunks
from soar2cot.soar_loader.schema import KINDS

FEWEST_ROWS = 200_000  # fewer are read in no time

Marks = list[list[int | str]]


def marks_of(names: Sequence[str]) -> Marks | None:
    """What tells each file from every other and from what it was; None where one is not on this machine."""
    try:
        return [_mark(Path(name)) for name in names]
    except OSError:
        return None


def _mark(path: Path) -> list[int | str]:
    stat = path.stat()
    with path.open("rb") as file:
        file.seek(max(0, stat.st_size - 8))
        size = int.from_bytes(file.read(4), "little")
        file.seek(max(0, stat.st_size - 8 - size))
        footer = hashlib.sha256(file.read(size)).hexdigest()
    return [stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, footer]


def remember(path: Path, marks: Marks, keys: KeyColumns) -> None:
    """Keeps the keys of sorted files with these marks, taken before they were read; a full disk keeps nothing.

    Crash: what was remembered before, or this.
    """
    n_rounds = int(keys.round_index[-1]) + 1 if len(keys) else 0
    bits = KeyBits.of(keys.tasks, n_rounds, (numbers for _, numbers in key_chunks(keys)))
    if bits is None:
        return
    try:
        atomic.write_bytes(path, orjson.dumps({"files": marks, "keys": bits.text()}))
    except OSError:
        return


def recall(path: Path, marks: Marks, n_rows: int) -> KeyColumns | None:
    """The keys of the files with these marks, `n_rows` of them; None where others are remembered, or none."""
    try:
        said: Any = orjson.loads(path.read_bytes())
        bits = KeyBits.from_text(said["keys"]) if said["files"] == marks else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if bits is None else _columns(bits, n_rows)


def _columns(bits: KeyBits, n_rows: int) -> KeyColumns | None:
    task, rounds, kind = np.empty(n_rows, np.int32), np.empty(n_rows, np.int32), np.empty(n_rows, np.int8)
    first = 0
    for numbers in bits.numbers():
        part = slice(first, first + len(numbers))
        if part.stop > n_rows:
            return None
        rounds[part], task[part] = np.divmod(numbers >> 1, len(bits.tasks))
        kind[part] = numbers & 1
        first = part.stop
    return KeyColumns(bits.tasks, KINDS, task, rounds, kind) if first == n_rows else None
