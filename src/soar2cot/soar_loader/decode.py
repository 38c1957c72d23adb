# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""From columns to samples: whole batches at once, and where a batch holds a bad row, row by row with its reason."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from soar2cot.arrow import numbers
from soar2cot.challenge import MAX_SIDE, N_COLOURS, check_grid
from soar2cot.errors import ChallengeError, InputError, Soar2CotError
from soar2cot.records import Grid, Sample, SampleKey
from soar2cot.soar_loader.arrays import Mask, offsets, valid, whole
from soar2cot.soar_loader.schema import CODE, FLAGS, GENERATION, GRIDS, MODEL, UNKNOWN_GENERATION

_SLICE_ROWS = 64  # what one `next()` may cost: 64 rows are under 2 ms
_CHECKED_ROWS = 16 * _SLICE_ROWS  # looking whether rows are clean costs about the same for so many as for one slice


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used: it costs itself. `error` says why; of a bad row it names column, row and content."""

    key: SampleKey
    error: Soar2CotError
    row: int


def decode(table: Any, keys: Sequence[SampleKey], rows: Sequence[int]) -> Iterator[Sample | BadRow]:
    """The samples of a normalised table, in its order.

    Args: keys, rows: key and ordinal in the input of each row of the table.
    """
    for first in range(0, table.num_rows, _CHECKED_ROWS):
        clean = clean_rows(table.slice(first, _CHECKED_ROWS).combine_chunks())
        for start in range(first, first + len(clean), _SLICE_ROWS):
            stop = start + _SLICE_ROWS
            part = table.slice(start, _SLICE_ROWS).combine_chunks()
            read = _decode_slice if clean[start - first : stop - first].all() else _decode_odd
            with _no_collection():
                items = list(read(part, keys[start:stop], rows[start:stop]))
            yield from items


@contextmanager
def _no_collection() -> Generator[None]:
    """Keeps the garbage collector from looking through thousands of new lists, none of which is in a cycle, again and
    again: half of the time of decoding (78 against 42 µs a row, November 2026)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _decode_odd(part: Any, keys: Sequence[SampleKey], rows: Sequence[int]) -> Iterator[Sample | BadRow]:
    """Row by row: one of them is bad."""
    for index, (key, row) in enumerate(zip(keys, rows, strict=True)):
        yield _decode_one(part.slice(index, 1), key, row)


def _decode_slice(part: Any, keys: Sequence[SampleKey], rows: Sequence[int]) -> Iterator[Sample]:
    """Column by column: all rows are whole samples."""
    columns = (
        keys,
        part.column(CODE).to_pylist(),
        part.column(MODEL).to_pylist(),
        part.column(GENERATION).to_pylist(),
        _tuples(part.column(FLAGS["train"])),
        grids_of(part.column(GRIDS["train"])),
        _tuples(part.column(FLAGS["test"])),
        grids_of(part.column(GRIDS["test"])),
        rows,
    )
    for key, code, model, generation, train_flags, train, test_flags, test, row in zip(*columns, strict=True):
        known = UNKNOWN_GENERATION if generation is None else generation
        yield Sample(key, code, model or "", known, train_flags, train, test_flags, test, row)


def clean_rows(table: Any) -> Mask:
    """Which rows are whole samples, (n,): no nulls, all grids rectangular, in size and colour; with array operations
    alone."""
    good = _and(np.ones(table.num_rows, dtype=np.bool_), valid(whole(table.column(CODE))))
    for part in ("train", "test"):
        n_grids, grids_good = _check_grids(whole(table.column(GRIDS[part])))
        n_flags, flags_good = _check_flags(whole(table.column(FLAGS[part])))
        good &= grids_good & flags_good & (n_grids == n_flags) & (n_grids > 0)
    return good


def _and(mask: Mask, other: Mask | None) -> Mask:
    return mask if other is None else mask & other


def _within(lists: Any) -> tuple[Any, NDArray[np.int32]]:
    """The items that the lists hold, without those before and after a slice, and offsets that start at 0."""
    ends = offsets(lists)
    if not len(ends):
        return lists.values.slice(0, 0), np.zeros(1, dtype=np.int32)
    first, last = int(ends[0]), int(ends[-1])
    return lists.values.slice(first, last - first), ends - first


def _check_flags(lists: Any) -> tuple[NDArray[np.int32], Mask]:
    items, ends = _within(lists)
    return np.diff(ends), _and(_all_within(valid(items), ends), valid(lists))


def _check_grids(lists: Any) -> tuple[NDArray[np.int32], Mask]:
    """(grids per row, whether all grids of the row are grids)."""
    grids, grid_ends = _within(lists)
    rows, row_ends = _within(grids)
    cells, cell_ends = _within(rows)
    widths, heights = np.diff(cell_ends), np.diff(row_ends)
    good_rows = (widths >= 1) & (widths <= MAX_SIDE) & _as_wide_as_first(widths, row_ends, heights)
    good_rows = _and(good_rows & _all_within(_good_cells(cells), cell_ends), valid(rows))
    good_grids = (heights >= 1) & (heights <= MAX_SIDE) & _all_within(good_rows, row_ends)
    good = _all_within(_and(good_grids, valid(grids)), grid_ends)
    return np.diff(grid_ends), _and(good, valid(lists))


def _as_wide_as_first(widths: NDArray[np.int32], row_ends: NDArray[np.int32], heights: NDArray[np.int32]) -> Mask:
    if not len(widths):
        return np.ones(0, dtype=np.bool_)
    first = np.minimum(row_ends[:-1], len(widths) - 1)
    return widths == np.repeat(widths[first], heights)


def _good_cells(cells: Any) -> Mask | None:
    """Which cells are colours; None where all are."""
    values, known = numbers(cells), valid(cells)
    if known is None and (not len(values) or (values.min() >= 0 and values.max() < N_COLOURS)):
        return None
    return _and((values >= 0) & (values < N_COLOURS), known)


def _all_within(good: Mask | None, ends: NDArray[np.int32]) -> Mask:
    """For each list, whether all of its items are good, (n_lists,)."""
    if good is None or good.all():
        return np.ones(len(ends) - 1, dtype=np.bool_)
    bad_before = np.concatenate([[0], np.cumsum(~good)])
    return np.diff(bad_before[ends]) == 0


def _tuples(column: Any) -> list[tuple[bool, ...]]:
    return [tuple(flags) for flags in column.to_pylist()]


def grids_of(column: Any) -> list[tuple[Grid, ...]]:
    """The grids of each row: three levels of lists, cut out of one flat list of cells."""
    grids, grid_offsets = _within(whole(column))
    rows, row_offsets = _within(grids)
    cells, cell_offsets = _within(rows)
    flat = cast("list[int]", numbers(cells).tolist())
    all_rows = [flat[a:b] for a, b in pairwise(cell_offsets.tolist())]
    all_grids = [all_rows[a:b] for a, b in pairwise(row_offsets.tolist())]
    return [tuple(all_grids[a:b]) for a, b in pairwise(grid_offsets.tolist())]


def grid_digests(column: Any) -> NDArray[np.uint64]:
    """A number for the grids of each row, (n,): equal grids have equal numbers, in one process."""
    grids, grid_offsets = _within(whole(column))
    rows, row_offsets = _within(grids)
    cells, cell_offsets = _within(rows)
    text = numbers(cells).tobytes()
    size = len(text) // max(1, len(cells))
    cell_ends = cell_offsets.tolist()
    grid_cells = [cell_ends[place] for place in row_offsets.tolist()]
    row_cells = [grid_cells[place] for place in grid_offsets.tolist()]
    widths, heights = np.diff(cell_offsets).tobytes(), np.diff(row_offsets).tobytes()
    row_starts = row_offsets[grid_offsets].tolist()
    hashes = (
        hash((text[a * size : b * size], widths[4 * c : 4 * d], heights[4 * e : 4 * f]))
        for (a, b), (c, d), (e, f) in zip(
            pairwise(row_cells), pairwise(row_starts), pairwise(grid_offsets.tolist()), strict=True
        )
    )
    return np.fromiter(hashes, dtype=np.int64, count=len(grid_offsets) - 1).view(np.uint64)


def _decode_one(part: Any, key: SampleKey, row: int) -> Sample | BadRow:
    values: dict[str, Any] = {name: part.column(name)[0].as_py() for name in part.column_names}
    problem = _problem(values)
    if problem is not None:
        return BadRow(key, InputError(f"({key}), {problem}"), row)
    generation = values[GENERATION]
    return Sample(
        key,
        values[CODE],
        values[MODEL] or "",
        UNKNOWN_GENERATION if generation is None else generation,
        tuple(values[FLAGS["train"]]),
        tuple(values[GRIDS["train"]]),
        tuple(values[FLAGS["test"]]),
        tuple(values[GRIDS["test"]]),
        row,
    )


def _problem(values: dict[str, Any]) -> str | None:
    """What is wrong with a row, with the name of the column; None where nothing is."""
    if values[CODE] is None:
        return f"column {CODE}: null"
    for part in ("train", "test"):
        problem = _flags_problem(values, FLAGS[part]) or _grids_problem(values, GRIDS[part])
        if problem:
            return problem
        n_flags, n_grids = len(values[FLAGS[part]]), len(values[GRIDS[part]])
        if n_flags != n_grids:
            return f"column {GRIDS[part]}: {n_grids} grids, but {n_flags} flags in {FLAGS[part]}"
    return None


def _flags_problem(values: dict[str, Any], name: str) -> str | None:
    flags = values[name]
    return f"column {name}: null, or not a list of booleans" if flags is None or None in flags else None


def _grids_problem(values: dict[str, Any], name: str) -> str | None:
    grids = values[name]
    if not grids:
        return f"column {name}: {'an empty list' if grids == [] else 'null, or not a list of grids'}"
    for index, grid in enumerate(grids):
        where = f"column {name}, grid {index}"
        problem = _size_problem(grid, where)
        if problem:
            return problem
        try:
            check_grid(grid, where=where)
        except ChallengeError as error:
            return str(error)
    return None


def _size_problem(grid: list[list[int] | None] | None, where: str) -> str | None:
    """Too many or too few rows or cells, with the number: the grid itself would be too long to read."""
    if grid is None:
        return None
    if not 1 <= len(grid) <= MAX_SIDE:
        return f"{where}: {len(grid)} rows; a grid has 1 to {MAX_SIDE}"
    for index, row in enumerate(grid):
        if row is not None and not 1 <= len(row) <= MAX_SIDE:
            return f"{where}, row {index}: {len(row)} cells; a row has 1 to {MAX_SIDE}"
    return None
