# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Row identity: which `round_index` a program has, and how it keeps it when rows are added.

Without an earlier file, `round_index` is the ordinal of the row within its task, over the raw files in the natural
order of their names. With one, every program that stands there keeps its number, wherever it now stands in the
raw files, and only new ones get the next numbers of their task.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from soar2cot.errors import InputError
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.identity import COMPACTED, noted
from soar2cot.soar_loader.index import ordinals, read_keys
from soar2cot.soar_loader.reader import RowReader
from soar2cot.soar_loader.schema import CODE, GENERATION, MODEL
from soar2cot.soar_loader.sources import open_sources

_PROGRAM = (CODE, MODEL, GENERATION)
_Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Kept:
    """Keys with the earlier numbers where there were any; `n_kept` counts those rows."""

    keys: KeyColumns
    n_kept: int


def keep_rounds(reader: RowReader, keys: KeyColumns, earlier: Path) -> Kept:
    """Takes over the numbers that programs have in the labelled file `earlier`.

    The same program twice in a task is told apart by its order. A number that is free because its program is gone
    is not given again.

    Raises: InputError: `earlier` is not labelled, was compacted (numbers of rows that are gone cannot be known), or
            has no program in common with this data.
    """
    old = RowReader(open_sources(earlier))
    _check_usable(old, earlier)
    old_keys = read_keys(old.sources)
    found = _match(_program_hashes(reader, keys), _program_hashes(old, old_keys))
    n_kept = int((found >= 0).sum())
    if n_kept == 0 and len(old_keys) and len(keys):
        raise InputError(f"{earlier}: a labelled file of other data (no program in common); give another name")
    rounds = np.where(found >= 0, old_keys.round_index[found], -1).astype(np.int64)
    return Kept(replace(keys, round_index=_number_the_new(keys, rounds, old_keys)), n_kept)


def _check_usable(old: RowReader, earlier: Path) -> None:
    if not old.sources[0].labelled:
        raise InputError(f"{earlier}: exists and is a raw file; give another name for the labelled one")
    if COMPACTED in noted(old.sources):
        raise InputError(
            f"{earlier}: was compacted, the numbers of the rows that it lost are not known; give another name, or "
            "--keep with the file as it was before"
        )


def _program_hashes(reader: RowReader, keys: KeyColumns) -> _Hashes:
    """For each row 64 bits that stand for task, program, model, generation and the how-manieth of its kind, (n,).

    Two different programs of one task get the same with a chance of 12,000² / 2⁶⁵.
    """
    parts = [_hashes(piece) for group in range(len(reader.groups)) for piece in reader.pieces(group, _PROGRAM)]
    programs = np.concatenate(parts) if parts else np.zeros(0, np.uint64)
    names = pl.Series(keys.tasks, dtype=pl.String).hash().to_numpy()
    hashes = _mix(programs, names[keys.task]) if len(programs) else programs
    order = np.lexsort((keys.round_index, hashes))
    same = np.empty(len(hashes), dtype=np.int32)
    _, group = np.unique(hashes[order], return_inverse=True)
    same[order] = ordinals(group.astype(np.int32))
    return _mix(hashes, same.astype(np.uint64) + np.uint64(1))


def _hashes(piece: Any) -> _Hashes:
    frame = pl.from_arrow(piece)
    assert isinstance(frame, pl.DataFrame)
    return frame.select(_PROGRAM).hash_rows().to_numpy()


def _mix(a: _Hashes, b: _Hashes) -> _Hashes:
    """Both in one, in order: the finaliser of SplitMix64 over a ⊕ rotated b."""
    with np.errstate(over="ignore"):
        x = a ^ ((b << np.uint64(23)) | (b >> np.uint64(41)))
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))


def _match(new: _Hashes, old: _Hashes) -> NDArray[np.intp]:
    """For each new row the old row with the same hash, -1 where there is none."""
    if not len(old):
        return np.full(len(new), -1, dtype=np.intp)
    order = np.argsort(old)
    places = np.minimum(np.searchsorted(old[order], new), len(old) - 1)
    found = order[places]
    return np.where(old[found] == new, found, -1)


def _number_the_new(keys: KeyColumns, rounds: NDArray[np.int64], old: KeyColumns) -> NDArray[np.int64]:
    """Numbers the rows that have none (-1), in order, from the first number that their task never gave."""
    next_number = np.zeros(len(keys.tasks), dtype=np.int64)
    task, _ = old.spelled(keys.tasks, keys.kinds)
    known = task >= 0
    np.maximum.at(next_number, task[known], old.round_index[known] + 1)
    fresh = np.flatnonzero(rounds < 0)
    tasks = keys.task[fresh]
    result = rounds.copy()
    result[fresh] = next_number[tasks] + ordinals(tasks)
    return result
