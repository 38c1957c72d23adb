# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""`compact`: the labelled file without the rows that are done, so that the next start reads less."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from soar2cot import faults
from soar2cot.errors import InputError
from soar2cot.key_columns import KeyColumns
from soar2cot.records import SampleKey
from soar2cot.soar_loader.checksum import Checksum
from soar2cot.soar_loader.data import SoarData, open_soar
from soar2cot.soar_loader.identity import COMPACTED, IDENTITY, KEYS_HASH
from soar2cot.soar_loader.index import keys_hash
from soar2cot.soar_loader.write import OUT_COLUMNS, check_target, size_of, writing


@dataclass(frozen=True, slots=True)
class CompactReport:
    """What is left in the file, what was taken out, and its size before and now."""

    out: Path
    n_rows: int
    n_removed: int
    size_before_bytes: int
    size_bytes: int


def compact(
    path: Path,
    completed: Iterable[SampleKey],
    *,
    out: Path | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> CompactReport:
    """Writes the file anew without the rows whose keys are among `completed`; every other row keeps its key.

    The new file is read back whole and compared before it takes the name.

    Args:   path: a labelled file or folder. out: another place for the result; None: `path` itself.
    Raises: InputError: the file is raw (taking rows out would number the others anew), or a row cannot be read;
            nothing was changed.
    Crash:  the file is the old one or the new one, whole.
    """
    target = out or path
    check_target(target)
    data = open_soar(path)
    if not data.labelled:
        raise InputError(f"{path}: is a raw file, its rows are numbered by where they stand; `soar2cot label` it first")
    before_bytes = size_of(path)
    rows = data.left(completed)
    n_left = int(rows.sum())
    removed = len(data.keys) - n_left
    if removed or out:
        _rewrite(data, rows, target, on_progress or (lambda *_: None))
    return CompactReport(target, n_left, removed, before_bytes, size_of(target))


def _rewrite(
    data: SoarData, rows: NDArray[np.bool_], target: Path, on_progress: Callable[[str, int, int], None]
) -> None:
    left = _in_order(data, rows)
    checksum = Checksum()
    schema = pa.schema([(name, data.reader.types[name]) for name in OUT_COLUMNS])
    with writing(target, schema, left, _notes(data, left), verify=partial(_verify, left, checksum)) as writer:
        done = 0
        for table in _tables(data, rows):
            checksum.update(table)
            writer.write(table)
            done += table.num_rows
            on_progress("compacted", done, len(left))


def _in_order(data: SoarData, rows: NDArray[np.bool_]) -> KeyColumns:
    """The keys of these rows in the order of work."""
    if data.order is None:
        return data.keys.take(rows)
    return data.keys.take(data.order[rows[data.order]])


def _notes(data: SoarData, left: KeyColumns) -> dict[bytes, bytes]:
    """It stays the same data set; how many rows it had is noted, so that nobody misses those without knowing."""
    return {
        IDENTITY: data.identity.encode(),
        KEYS_HASH: keys_hash(left.with_own_tasks(), None).encode(),
        COMPACTED: str(data.n_rows_ever).encode(),
    }


def _tables(data: SoarData, rows: NDArray[np.bool_]) -> Iterator[Any]:
    for window in data.windows(rows):
        read = data.read(window)
        for _, error in read.lost:
            raise error
        yield read.table.select(OUT_COLUMNS)


def _verify(left: KeyColumns, expected: Checksum, draft: Path) -> None:
    """Raises: InputError: what stands on the disk is not what was written."""
    faults.point("compact.before_verify")
    data = open_soar(draft)
    found = Checksum()
    for group in range(len(data.reader.groups)):
        for piece in data.reader.pieces(group, OUT_COLUMNS):
            found.update(piece.select(OUT_COLUMNS))
    if len(data.keys) != len(left) or found.values != expected.values:
        raise InputError(
            f"{draft}: reading back gives other rows than were written; the disk is failing, nothing was changed"
        )
    faults.point("compact.verified")
