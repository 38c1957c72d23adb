# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""The content of a data set as a short text, by which a run directory knows its data again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.index import keys_hash
from soar2cot.soar_loader.reader import RowReader
from soar2cot.soar_loader.schema import CODE
from soar2cot.soar_loader.sources import Source

IDENTITY, KEYS_HASH, COMPACTED = b"soar2cot.identity", b"soar2cot.keys_hash", b"soar2cot.compacted"
_PROBES = 16


def identity_of(reader: RowReader, keys: KeyColumns, order: NDArray[np.intp] | None) -> str:
    """The same for a raw file, for what `label` makes of it, and for what `compact` leaves of that.

    A labelled file carries it as a note, with a hash of the keys that it was written with: where the keys are
    others, the note belongs to another file and counts for nothing.

    Raises: InputError: there is no note, and one of the programs that are looked at cannot be read.
    """
    found = keys_hash(keys, order)
    notes = noted(reader.sources)
    if notes.get(KEYS_HASH, b"").decode() == found and IDENTITY in notes:
        return notes[IDENTITY].decode()
    return f"{len(keys)}-{_with_programs(reader, found, order, len(keys))[:32]}"


def noted(sources: Sequence[Source]) -> dict[bytes, bytes]:
    """The notes in the first file's footer."""
    return sources[0].notes


def rows_before_compacting(sources: Sequence[Source]) -> int | None:
    """How many rows the data set had; None where nothing was taken out."""
    note = noted(sources).get(COMPACTED)
    return None if note is None else int(note)


def _with_programs(reader: RowReader, digest: str, order: NDArray[np.intp] | None, n: int) -> str:
    """Goes on from the keys with the programs of a few rows, spread evenly over the order of work."""
    places = np.unique(np.linspace(0, n - 1, min(n, _PROBES)).astype(np.intp)) if n else np.zeros(0, np.intp)
    rows = places if order is None else order[places]
    read = reader.read(rows, (CODE,)) if n else None
    if read and read.lost:
        raise read.lost[0][1]  # without these programs it would be taken for other data once they can be read again
    total = hashlib.sha256(digest.encode())
    for code in read.table.column(CODE).to_pylist() if read else ():
        total.update((code or "").encode() + b"\0")
    return total.hexdigest()
