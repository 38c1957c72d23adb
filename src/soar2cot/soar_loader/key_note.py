# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""The keys of a labelled file, as a note in its footer: a tenth of a megabyte for a million rows.

The key columns themselves lie in three places of each of thousands of row groups: to read them takes a second. The
note counts only where it fits the rest of the footer, and whoever reads rows compares their keys with it
(`SoarData.read`): a file that another program rewrote, notes and all, is never taken for what it was.
"""

from __future__ import annotations

import numpy as np

from soar2cot.key_bits import KeyBits
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.schema import KINDS, ROUND
from soar2cot.soar_loader.sources import Source

KEYS = b"soar2cot.keys"


def key_note(keys: KeyColumns) -> dict[bytes, bytes]:
    """What to put into the footer of a file with these keys, in the order of work; nothing where it would be large."""
    own = keys.with_own_tasks()
    n_rounds = int(own.round_index.max()) + 1 if len(own) else 0
    bits = KeyBits.of(own.tasks, n_rounds, (numbers for _, numbers in own.numbers_in_parts()))
    return {} if bits is None else {KEYS: bits.text().encode()}


def noted_keys(source: Source) -> KeyColumns | None:
    """The keys of the file's rows, as they stand; None where there is no note, or it does not fit the row groups."""
    text = source.notes.get(KEYS)
    bits = KeyBits.from_text(text) if text is not None and source.labelled else None
    keys = None if bits is None else _columns(bits, source.n_rows)
    return keys if keys is not None and _fits(source, keys) else None


def _columns(bits: KeyBits, n_rows: int) -> KeyColumns | None:
    """None where it is another number of keys."""
    task, rounds, kind = np.empty(n_rows, np.int32), np.empty(n_rows, np.int32), np.empty(n_rows, np.int8)
    first = 0
    for columns in bits.columns():
        part = slice(first, first + len(columns[0]))
        if part.stop > n_rows:
            return None
        rounds[part], task[part], kind[part] = columns
        first = part.stop
    return KeyColumns(bits.tasks, KINDS, task, rounds, kind) if first == n_rows else None


def _fits(source: Source, keys: KeyColumns) -> bool:
    """Whether each row group's least and greatest round are those of its statistics."""
    first = 0
    for index, size in enumerate(source.group_sizes):
        rounds = keys.round_index[first : first + size]
        if not size or source.bounds(index, ROUND) != (int(rounds[0]), int(rounds[-1])):
            return False
        first += size
    return True
