# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Rows of one task whose programs are the same but for names and layout, and that predict the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.canonical import program_digest
from soar2cot.soar_loader.decode import grid_digests
from soar2cot.soar_loader.reader import RowReader
from soar2cot.soar_loader.scan import scan
from soar2cot.soar_loader.schema import CODE, GRIDS


def first_of_each(reader: RowReader, keys: KeyColumns, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Of the given rows (in the order of work), the first of each kind, as a mask over all rows.

    Programs that are the same predict the same. So only rows that share their predictions with another row of
    their task are compiled and compared.
    """
    mask = np.zeros(len(keys), dtype=np.bool_)
    mask[rows] = True
    shared = mask & _shares(_prediction_hashes(reader, keys, mask), mask)
    digests = np.zeros((len(keys), 2), dtype=np.uint64) if shared.any() else np.zeros((0, 2), dtype=np.uint64)
    for row, digest in _programs(reader, keys, shared):
        digests[row] = np.frombuffer(digest, dtype=np.uint64)
    ordered = rows[shared[rows]]
    _, first = np.unique(digests[ordered], axis=0, return_index=True)
    result = mask & ~shared
    result[ordered[first]] = True
    return result


def _prediction_hashes(reader: RowReader, keys: KeyColumns, mask: NDArray[np.bool_]) -> NDArray[np.uint64]:
    hashes = np.zeros(len(keys), dtype=np.uint64)
    for rows, piece in scan(reader, mask, tuple(GRIDS.values())):
        hashes[rows] = keys.task[rows].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        for name in GRIDS.values():
            hashes[rows] = hashes[rows] * np.uint64(31) + grid_digests(piece.column(name))
    return hashes


def _shares(hashes: NDArray[np.uint64], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rows in `mask` have the hash of another one."""
    _, group, count = np.unique(hashes[mask], return_inverse=True, return_counts=True)
    result = np.zeros(len(hashes), dtype=np.bool_)
    result[mask] = count[group] > 1
    return result


def _programs(reader: RowReader, keys: KeyColumns, mask: NDArray[np.bool_]) -> Iterator[tuple[int, bytes]]:
    """(row, what stands for its task, its predictions and its program)."""
    for rows, piece in scan(reader, mask, (CODE, *GRIDS.values())):
        predictions = [grid_digests(piece.column(name)) for name in GRIDS.values()]
        codes = piece.column(CODE).to_pylist()
        for place, (row, code) in enumerate(zip(rows.tolist(), codes, strict=True)):
            said = (int(keys.task[row]), *(int(part[place]) for part in predictions), program_digest(code or ""))
            yield row, hashlib.blake2b(repr(said).encode(), digest_size=16).digest()
