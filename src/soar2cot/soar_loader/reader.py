# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Rows of a data set by their ordinals, out of row groups; a row group that cannot be read costs its own rows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from soar2cot.arrow import arrow_array
from soar2cot.errors import InputError
from soar2cot.soar_loader.schema import CODE, FLAGS, GENERATION, GRIDS, MODEL, cell_type, column_types, normalise
from soar2cot.soar_loader.sources import Source

SAMPLE_COLUMNS = (CODE, FLAGS["train"], GRIDS["train"], FLAGS["test"], GRIDS["test"], MODEL, GENERATION)
_PIECE_BYTES = 32 << 20
_WHOLE_ROWS = 2_000  # row groups as small as `label`'s are read at once, whatever a row takes
_PROBE_ROWS = 256
_PAUSES_S = (0.1, 1.0)  # a network file system's hiccup; after the last one the rows are given up


@dataclass(frozen=True, slots=True)
class Window:
    """Rows that were read together. `table` holds `rows`, in that order; `lost` are those that could not be read."""

    table: Any
    rows: NDArray[np.intp]
    lost: tuple[tuple[int, InputError], ...] = ()


@dataclass(frozen=True)
class RowReader:
    """All files as one long list of rows: a row's ordinal counts over the files in their order."""

    sources: Sequence[Source]

    @cached_property
    def groups(self) -> list[tuple[Source, int]]:
        """Every row group: its file, its place there."""
        return [(source, index) for source in self.sources for index in range(len(source.group_sizes))]

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """The ordinal of each row group's first row, and at the end the number of rows, (n_groups + 1,)."""
        sizes = [size for source in self.sources for size in source.group_sizes]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)

    @cached_property
    def types(self) -> dict[str, Any]:
        """The type to which each column is brought."""
        return column_types(cell_type(source.file.metadata for source in self.sources))

    @cached_property
    def row_bytes(self) -> float:
        """Bytes that a row takes in memory, about; from the first rows of the first file."""
        if not self.groups:
            return 1.0
        source, index = self.groups[0]
        table = normalise(next(source.read_pieces(index, SAMPLE_COLUMNS, _PROBE_ROWS)), self.types)
        return max(1.0, table.nbytes / max(1, table.num_rows))

    def empty(self, columns: Sequence[str]) -> Any:
        """A table of these columns without a row."""
        return pa.schema([(name, self.types[name]) for name in columns]).empty_table()

    def group_of(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The row group that holds each row."""
        return np.searchsorted(self.starts, rows, side="right") - 1

    def pieces(self, group: int, columns: Sequence[str]) -> Iterator[Any]:
        """One row group, in tables of bounded size whose columns are brought to `types`.

        Raises: InputError: it could not be read.
        """
        source, index = self.groups[group]
        is_small = source.group_sizes[index] <= _WHOLE_ROWS
        piece_rows = _WHOLE_ROWS if is_small else max(1, int(_PIECE_BYTES / self.row_bytes))
        return (normalise(piece, self.types) for piece in source.read_pieces(index, columns, piece_rows))

    def read(self, rows: NDArray[np.intp], columns: Sequence[str] = SAMPLE_COLUMNS) -> Window:
        """These rows, in this order, whatever row groups they are in; a failing row group is tried three times."""
        parts: list[Any] = []
        held: list[NDArray[np.intp]] = []
        lost: list[tuple[int, InputError]] = []
        group_of = self.group_of(rows)
        for group in np.unique(group_of).tolist():
            mine = np.sort(rows[group_of == group])
            try:
                parts.append(self._patiently(group, mine, columns))
                held.append(mine)
            except InputError as error:
                lost += [(row, error) for row in mine.tolist()]
        if not parts:
            return Window(None, np.zeros(0, np.intp), tuple(lost))
        return Window(*_ordered(parts, held, rows), tuple(lost))

    def _patiently(self, group: int, rows: NDArray[np.intp], columns: Sequence[str]) -> Any:
        for pause_s in _PAUSES_S:
            try:
                return self._read_of_group(group, rows, columns)
            except InputError:
                time.sleep(pause_s)
        return self._read_of_group(group, rows, columns)

    def _read_of_group(self, group: int, rows: NDArray[np.intp], columns: Sequence[str]) -> Any:
        """These rows (ascending) of one row group."""
        start = int(self.starts[group])
        found: list[Any] = []
        for piece in self.pieces(group, columns):
            inside = rows[np.searchsorted(rows, start) : np.searchsorted(rows, start + piece.num_rows)]
            if len(inside):
                found.append(_picked(piece, inside - start))
            start += piece.num_rows
        return found[0] if len(found) == 1 else pa.concat_tables(found)


def _picked(table: Any, places: NDArray[np.intp]) -> Any:
    """The rows at `places`; nothing is copied where that is all of them in order."""
    whole = len(places) == table.num_rows and bool((np.diff(places) == 1).all())
    return table if whole else table.take(arrow_array(places))


def _ordered(parts: list[Any], held: list[NDArray[np.intp]], rows: NDArray[np.intp]) -> tuple[Any, NDArray[np.intp]]:
    found = np.concatenate(held)
    wanted = rows[np.isin(rows, found)] if len(found) < len(rows) else rows
    table = pa.concat_tables(parts)
    if np.array_equal(found, wanted):
        return table, wanted
    by_row = np.argsort(found)
    places = by_row[np.searchsorted(found[by_row], wanted)]
    return table.combine_chunks().take(arrow_array(places)), wanted
