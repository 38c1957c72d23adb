# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""A data set that is open: how much is left, and the stream of it in the order of work."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from soar2cot.config import Selection
from soar2cot.errors import InputError
from soar2cot.key_columns import KeyColumns
from soar2cot.records import Sample, SampleKey
from soar2cot.soar_loader.decode import BadRow, decode
from soar2cot.soar_loader.index import keys_hash, read_keys, row_name, work_order
from soar2cot.soar_loader.schema import CODE, FLAGS, GENERATION, GRIDS, MODEL, column_types, normalise
from soar2cot.soar_loader.select import Selected, select_rows
from soar2cot.soar_loader.sources import Paths, Source, open_sources

SAMPLE_COLUMNS = (CODE, FLAGS["train"], GRIDS["train"], FLAGS["test"], GRIDS["test"], MODEL, GENERATION)
_WINDOW_BYTES = 48 << 20  # decoded rows held at once where the file is not sorted
_READ_PAUSES_S = (0.1, 1.0)  # a network file system's hiccup; after the last one the rows are parked
_PROBES = 16


@dataclass
class SoarData:
    """Rows of one data set, in the order of work: rounds go up, tasks within a round in alphabetical order.

    `labelled` is False for raw files: they are labelled in memory, and where they are not sorted by round each
    window of rows costs a pass over the file. `selected.counts` says what each filter took.
    """

    sources: Sequence[Source]
    keys: KeyColumns
    selected: Selected
    _order: NDArray[np.intp] | None = field(repr=False)

    @property
    def labelled(self) -> bool:
        """Whether the files carry `data_type` and `round_index`."""
        return self.sources[0].labelled

    @property
    def is_sorted(self) -> bool:
        """Whether the rows stand in the order of work: a stream then reads each row group once."""
        return self._order is None

    @property
    def n_rows(self) -> int:
        """How many rows the selection leaves."""
        return self.selected.n_rows

    @cached_property
    def identity(self) -> str:
        """The content as a short text: equal for a raw file and what `label` makes of it, whatever their names.

        Made of all keys in the order of work and of the programs of a few rows spread over the data.
        """
        stored = _stored_identity(self.sources, self._keys_hash)
        return stored or f"{len(self.keys)}-{_probed(self, self._keys_hash)[:32]}"

    @cached_property
    def _keys_hash(self) -> str:
        return keys_hash(self.keys, self._order)

    def remaining(self, completed: Iterable[SampleKey]) -> int:
        """How many of the selected rows are not among `completed`; unknown keys count for nothing."""
        return int(self._left(completed).sum())

    def stream(self, completed: Iterable[SampleKey] = ()) -> Iterator[Sample | BadRow]:
        """What is left, in the order of work, in constant memory; the next row group is read meanwhile.

        Row groups of which nothing is left are never decoded. A row that cannot be used comes as a `BadRow`. So
        does each row of a row group that cannot be read, after two more tries.

        Args: completed: keys to leave out; the fastest are `KeyColumns`.
        """
        windows = self._windows(np.flatnonzero(self._left(completed)))
        with ThreadPoolExecutor(1, thread_name_prefix="soar-read") as pool:
            coming = None
            try:
                for window in windows:
                    ready, coming = coming, pool.submit(self._read_window, window)
                    if ready is not None:
                        yield from self._decode(*ready.result())
                if coming is not None:
                    yield from self._decode(*coming.result())
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _left(self, completed: Iterable[SampleKey]) -> NDArray[np.bool_]:
        """By row ordinal, (n_rows_in_file,)."""
        done = KeyColumns.of(completed)
        left = self.selected.mask.copy()
        if len(done):
            left &= ~self.keys.is_in(done)
        return left

    def _windows(self, rows: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
        """Row ordinals in the order of work, as many at a time as are read together."""
        if self._order is None:
            cuts = np.searchsorted(rows, self._group_starts)
            yield from (rows[a:b] for a, b in pairwise(cuts.tolist()) if b > a)
            return
        left = np.zeros(len(self.keys), dtype=np.bool_)
        left[rows] = True
        ordered = self._order[left[self._order]]
        step = max(400, int(_WINDOW_BYTES / max(1, self._row_bytes)))
        yield from (ordered[start : start + step] for start in range(0, len(ordered), step))

    @cached_property
    def _row_bytes(self) -> float:
        """Decoded bytes per row, about: what stands in the footers, three times for the width of cells."""
        sizes = [
            source.file.metadata.row_group(index).total_byte_size
            for source in self.sources
            for index in range(len(source.group_sizes))
        ]
        return 3 * sum(sizes) / max(1, len(self.keys))

    @cached_property
    def _groups(self) -> list[tuple[Source, int]]:
        return [(source, index) for source in self.sources for index in range(len(source.group_sizes))]

    @cached_property
    def _group_starts(self) -> NDArray[np.intp]:
        sizes = [source.group_sizes[index] for source, index in self._groups]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)

    def _read_window(self, rows: NDArray[np.intp]) -> tuple[Any, NDArray[np.intp], list[BadRow]]:
        """(table in the order of `rows`, the rows that it holds, those that cannot be read)."""
        parts: list[Any] = []
        found: list[NDArray[np.intp]] = []
        bad: list[BadRow] = []
        group_of = np.searchsorted(self._group_starts, rows, side="right") - 1
        for group in np.unique(group_of).tolist():
            mine = rows[group_of == group]
            try:
                parts.append(self._read_rows(group, mine))
                found.append(mine)
            except InputError as error:
                bad += [BadRow(self.keys[row], error, row) for row in mine.tolist()]
        return self._in_order(parts, found, rows), *self._held(rows, bad)

    def _held(self, rows: NDArray[np.intp], bad: list[BadRow]) -> tuple[NDArray[np.intp], list[BadRow]]:
        return (rows if not bad else rows[~np.isin(rows, [row.row for row in bad])]), bad

    def _in_order(self, parts: list[Any], found: list[NDArray[np.intp]], rows: NDArray[np.intp]) -> Any:
        if len(parts) < 2:
            return parts[0] if parts else None
        held = np.concatenate(found)
        places = {row: place for place, row in enumerate(held.tolist())}
        return pa.concat_tables(parts).take([places[row] for row in rows.tolist() if row in places])

    def _read_rows(self, group: int, rows: NDArray[np.intp]) -> Any:
        source, index = self._groups[group]
        table = normalise(_patiently(source, index), self._types)
        inside = rows - self._group_starts[group]
        return table if len(inside) == table.num_rows and bool((np.diff(inside) == 1).all()) else table.take(inside)

    @cached_property
    def _types(self) -> dict[str, Any]:
        return column_types(pa.int8())

    def _decode(self, table: Any, rows: NDArray[np.intp], bad: list[BadRow]) -> Iterator[Sample | BadRow]:
        yield from bad
        if table is None:
            return
        for item in decode(table, list(self.keys.take(rows)), rows.tolist()):
            if isinstance(item, BadRow):
                place = row_name(self.sources, item.row)
                yield BadRow(
                    item.key, InputError(f"{place}{str(item.error).partition(f'row {item.row}')[2]}"), item.row
                )
            else:
                yield item


def _patiently(source: Source, index: int) -> Any:
    for pause_s in _READ_PAUSES_S:
        try:
            return source.read_group(index, SAMPLE_COLUMNS)
        except InputError:
            time.sleep(pause_s)
    return source.read_group(index, SAMPLE_COLUMNS)


def open_soar(path: Paths, *, select: Selection | None = None) -> SoarData:
    """Opens a labelled file or folder, or raw SOAR files (labelled in memory).

    Args:   path: a file, folder, glob or address, or several of them; their order does not matter.
    Raises: InputError: not in the SOAR schema, keys that are not unique, a file that is cut off; with column and row.
    """
    sources = open_sources(path)
    keys = read_keys(sources)
    order = work_order(keys)
    return SoarData(sources, keys, select_rows(sources, keys, order, select or Selection()), order)


def _stored_identity(sources: Sequence[Source], found_hash: str) -> str | None:
    """What `label` or `compact` noted, where the note belongs to these rows."""
    metadata: dict[bytes, bytes] = sources[0].file.schema_arrow.metadata or {}
    if metadata.get(b"soar2cot.keys_hash", b"").decode() != found_hash:
        return None
    identity = metadata.get(b"soar2cot.identity")
    return identity.decode() if identity else None


def _probed(data: SoarData, digest: str) -> str:
    n = len(data.keys)
    places = np.unique(np.linspace(0, n - 1, min(n, _PROBES)).astype(np.intp)) if n else np.zeros(0, np.intp)
    rows = places if data._order is None else data._order[places]  # pyright: ignore[reportPrivateUsage]
    total = hashlib.sha256(digest.encode())
    for row in rows.tolist():
        total.update(_code_of(data, row).encode() + b"\0")
    return total.hexdigest()


def _code_of(data: SoarData, row: int) -> str:
    starts = data._group_starts  # pyright: ignore[reportPrivateUsage]
    group = int(np.searchsorted(starts, row, side="right")) - 1
    source, index = data._groups[group]  # pyright: ignore[reportPrivateUsage]
    code = source.read_group(index, (CODE,)).column(CODE)[row - int(starts[group])].as_py()
    return code or ""
