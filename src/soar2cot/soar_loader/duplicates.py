# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Rows of one task whose programs are the same but for names and layout, and that predict the same."""

from __future__ import annotations

import hashlib
import multiprocessing as mp
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soar2cot.children import live_as_child, n_cores
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.canonical import program_digest
from soar2cot.soar_loader.decode import grid_digests
from soar2cot.soar_loader.reader import RowReader
from soar2cot.soar_loader.scan import OnRows, scan
from soar2cot.soar_loader.schema import CODE, GRIDS

Program: TypeAlias = tuple[tuple[int, ...], str | None]  # its task and what it predicts, as numbers; its text
Programs: TypeAlias = tuple[NDArray[np.intp], list[Program]]  # with their rows
Digests: TypeAlias = tuple[NDArray[np.intp], list[bytes]]

_ROWS_HERE = 20_000  # for fewer, other processes take longer to start than they save


def first_of_each(
    reader: RowReader, keys: KeyColumns, rows: NDArray[np.intp], *, on_rows: OnRows, n_processes: int | None = None
) -> NDArray[np.bool_]:
    """Of the given rows (in the order of work), the first of each kind, as a mask over all rows.

    Programs that are the same predict the same. So only rows that share their predictions with another row of
    their task are compiled and compared: a millisecond each, where they are many in as many processes as there are
    cores (or `n_processes`).
    """
    mask = np.zeros(len(keys), dtype=np.bool_)
    mask[rows] = True
    shared = mask & _shares(_prediction_hashes(reader, keys, mask, on_rows), mask)
    digests = np.zeros((len(keys), 2), dtype=np.uint64) if shared.any() else np.zeros((0, 2), dtype=np.uint64)
    with _digesting(int(shared.sum()), n_processes) as digested:
        for found, said in digested(_programs(reader, keys, shared, on_rows)):
            digests[found] = np.frombuffer(b"".join(said), dtype=np.uint64).reshape(-1, 2)
    ordered = rows[shared[rows]]
    _, first = np.unique(digests[ordered], axis=0, return_index=True)
    result = mask & ~shared
    result[ordered[first]] = True
    return result


def _prediction_hashes(
    reader: RowReader, keys: KeyColumns, mask: NDArray[np.bool_], on_rows: OnRows
) -> NDArray[np.uint64]:
    hashes = np.zeros(len(keys), dtype=np.uint64)
    for rows, piece in scan(reader, mask, tuple(GRIDS.values()), on_rows=on_rows):
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


def _programs(reader: RowReader, keys: KeyColumns, mask: NDArray[np.bool_], on_rows: OnRows) -> Iterator[Programs]:
    for rows, piece in scan(reader, mask, (CODE, *GRIDS.values()), on_rows=on_rows):
        predictions = [grid_digests(piece.column(name)) for name in GRIDS.values()]
        places = zip(keys.task[rows].tolist(), *(part.tolist() for part in predictions), strict=True)
        yield rows, list(zip(places, piece.column(CODE).to_pylist(), strict=True))


@contextmanager
def _digesting(n_rows: int, n_processes: int | None) -> Generator[Callable[[Iterator[Programs]], Iterator[Digests]]]:
    """Digests of many programs, here or in processes of their own, a few parcels ahead of who asks."""
    n = n_processes or (n_cores() if n_rows > _ROWS_HERE else 1)
    if n == 1:
        yield lambda parcels: ((rows, _digests(programs)) for rows, programs in parcels)
        return
    with ProcessPoolExecutor(n, mp.get_context("spawn"), initializer=live_as_child) as pool:
        try:
            yield lambda parcels: _in_processes(pool, parcels, ahead=2 * n)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _in_processes(pool: ProcessPoolExecutor, parcels: Iterator[Programs], *, ahead: int) -> Iterator[Digests]:
    coming: deque[tuple[NDArray[np.intp], Future[list[bytes]]]] = deque()
    for rows, programs in parcels:
        coming.append((rows, pool.submit(_digests, programs)))
        if len(coming) > ahead:
            first, digests = coming.popleft()
            yield first, digests.result()
    for rows, digests in coming:
        yield rows, digests.result()


def _digests(programs: list[Program]) -> list[bytes]:
    """For each, 16 bytes that stand for its task, its predictions and its program."""
    return [
        hashlib.blake2b(repr((*place, program_digest(code or ""))).encode(), digest_size=16).digest()
        for place, code in programs
    ]
