# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""A data set that is open: how much is left, and the stream of it in the order of work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soar2cot.config import Selection
from soar2cot.errors import DataChangedError, InputError
from soar2cot.key_columns import KeyColumns
from soar2cot.keyset import KeySet
from soar2cot.records import Sample, SampleKey
from soar2cot.soar_loader.decode import BadRow, decode
from soar2cot.soar_loader.identity import identity_of, rows_before_compacting
from soar2cot.soar_loader.index import has_keys, read_keys, row_name, rows_among, work_order
from soar2cot.soar_loader.reader import SAMPLE_COLUMNS, RowReader, Window
from soar2cot.soar_loader.schema import KEY_COLUMNS
from soar2cot.soar_loader.select import Known, OnProgress, Selected, select_rows
from soar2cot.soar_loader.sources import Paths, open_sources

Keys = KeySet | Iterable[SampleKey]
Read = Callable[[NDArray[np.intp]], Window]

_WINDOW_BYTES = 48 << 20  # decoded rows held at once where the file is not sorted
_WINDOW_ROWS_MIN = 400


@dataclass
class SoarData:
    """Rows of one data set, in the order of work: rounds go up, tasks within a round in alphabetical order.

    `keys` holds every row of the files, also those that the selection leaves out; `selected.counts` says what
    each filter took.
    """

    reader: RowReader
    keys: KeyColumns
    order: NDArray[np.intp] | None = field(repr=False)
    selected: Selected

    @property
    def labelled(self) -> bool:
        """Whether the files carry `data_type` and `round_index`; raw ones are labelled in memory."""
        return self.reader.sources[0].labelled

    @property
    def is_sorted(self) -> bool:
        """Whether the rows stand in the order of work. If not, each window of rows costs a pass over the file."""
        return self.order is None

    @property
    def n_rows(self) -> int:
        """How many rows the selection leaves."""
        return self.selected.n_rows

    @cached_property
    def identity(self) -> str:
        """The content as a short text: equal for a raw file and what `label` makes of it, whatever their names."""
        return identity_of(self.reader, self.keys, self.order)

    def selecting(
        self,
        select: Selection,
        *,
        arc: Path | None = None,
        passed: KeySet | None = None,
        completed: Keys = (),
        on_progress: OnProgress = lambda *_: None,
    ) -> SoarData:
        """The same data with only those of its rows that are selected.

        Args:   arc: where the tasks are, for `drop_trivial`; None: the library's.
                passed: what `keys_passed` gave for the same selection of the same data: nothing is looked at again.
                completed: samples that are done: those that `compact` took out count for `per_task` and `limit`.
                on_progress: (filter, rows that it looked at, of how many); what it raises ends the selecting.
        Raises: ConfigError: the selection cannot be used.
        """
        known = Known(passed, self._taken_out(completed))
        selected = select_rows(
            self.reader, self.keys, self.order, select, arc=arc, known=known, on_progress=on_progress
        )
        _tell(selected)
        return replace(self, selected=selected)

    def keys_passed(self) -> KeySet | None:
        """All rows that the selection lets through, `per_task` and `limit` aside; None where their keys tell that."""
        if self.selected.passed is None:
            return None
        keys = KeySet()
        keys.extend(self.keys.take(self.selected.passed), distinct=True)
        return keys

    @property
    def n_rows_ever(self) -> int:
        """How many rows the data set had before `compact` took finished ones out."""
        return rows_before_compacting(self.reader.sources) or len(self.keys)

    def remaining(self, completed: Keys, *, left: NDArray[np.bool_] | None = None) -> int:
        """How many of the selected rows are not among `completed`; keys that no row has count for nothing.

        Args:   left: what `left(completed)` gave, where that is known.
        Raises: DataChangedError: rows were taken out of the file by `compact` that are not among `completed`: they
                were finished in another run directory, or are to be done again.
        """
        self._check_nothing_missing(completed)
        return int((self.left(completed) if left is None else left).sum())

    def _check_nothing_missing(self, completed: Keys) -> None:
        missing = self.n_rows_ever - len(self.keys) - len(self._taken_out(completed))
        if missing > 0:
            raise DataChangedError(
                f"{self.reader.sources[0].name}: {self.n_rows_ever - len(self.keys)} finished rows were taken out by "
                f"`soar2cot compact`, but {missing} of them are not finished here; `soar2cot label` the raw files to "
                "another name and give that as --data"
            )

    def _taken_out(self, completed: Keys) -> KeyColumns:
        """Those of `completed` whose rows `compact` took out of the files."""
        if self.n_rows_ever == len(self.keys):
            return KeyColumns.empty()
        done = completed.columns() if isinstance(completed, KeySet) else KeyColumns.of(completed)
        return done.unique().without(self.keys)

    def left(self, completed: Keys) -> NDArray[np.bool_]:
        """Which rows are selected and not among `completed`, by row ordinal, (n,)."""
        done = completed if isinstance(completed, KeySet) else KeyColumns.of(completed)
        return self.selected.mask & ~rows_among(self.keys, done)

    def stream(self, completed: Keys = (), *, left: NDArray[np.bool_] | None = None) -> Iterator[Sample | BadRow]:
        """What is left, in the order of work, in constant memory; the next row group is read meanwhile.

        Row groups of which nothing is left are never decoded. A row that cannot be used comes as a `BadRow`; so
        does each row of a row group that cannot be read, after two more tries.

        Args: completed: keys to leave out; a `KeySet` or `KeyColumns` are the quickest.
              left: what `left(completed)` gave, where that is known.
        """
        return self._stream(self.left(completed) if left is None else left)

    def _stream(self, left: NDArray[np.bool_]) -> Iterator[Sample | BadRow]:
        windows = self.windows(left)
        pool = ThreadPoolExecutor(1, thread_name_prefix="soar-read")
        try:
            for window in _one_ahead(pool, self.read, windows):
                yield from self._samples(window)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def windows(self, left: NDArray[np.bool_]) -> Iterator[NDArray[np.intp]]:
        """Row ordinals where `left` is true, in the order of work, as many at a time as are read together."""
        if self.order is None:
            stretches = pairwise(self.reader.starts.tolist())
            found = ((start, np.flatnonzero(left[start:stop])) for start, stop in stretches)
            yield from (start + rows for start, rows in found if len(rows))
            return
        ordered = self.order[left[self.order]]
        step = max(_WINDOW_ROWS_MIN, int(_WINDOW_BYTES / self.reader.row_bytes))
        yield from (ordered[start : start + step] for start in range(0, len(ordered), step))

    def read(self, rows: NDArray[np.intp]) -> Window:
        """These rows with their keys, where the file has those.

        Raises: DataChangedError: the rows have other keys than `keys` says.
        """
        window = self.reader.read(rows, (*SAMPLE_COLUMNS, *KEY_COLUMNS) if self.labelled else SAMPLE_COLUMNS)
        if self.labelled and window.table is not None and not has_keys(window.table, self.keys.take(window.rows)):
            name = row_name(self.reader.sources, int(window.rows[0]))
            raise DataChangedError(
                f"from {name} on: other keys stand here than the note in the footer says; another program rewrote the "
                "file, notes and all: `soar2cot label` it to another name and give that as --data"
            )
        return window

    def _samples(self, window: Window) -> Iterator[Sample | BadRow]:
        yield from (BadRow(self.keys[row], error, row) for row, error in window.lost)
        if window.table is None:
            return
        for item in decode(window.table, list(self.keys.take(window.rows)), window.rows.tolist()):
            yield self._placed(item) if isinstance(item, BadRow) else item

    def _placed(self, bad: BadRow) -> BadRow:
        """The bad row with its file named."""
        return BadRow(bad.key, InputError(f"{row_name(self.reader.sources, bad.row)} {bad.error}"), bad.row)


def _one_ahead(pool: ThreadPoolExecutor, read: Read, windows: Iterator[NDArray[np.intp]]) -> Iterator[Window]:
    """Each window as it comes, the next one being read in the pool."""
    coming: Future[Window] | None = None
    for rows in windows:
        ready, coming = coming, pool.submit(read, rows)
        if ready is not None:
            yield ready.result()
    if coming is not None:
        yield coming.result()


def open_soar(path: Paths, *, select: Selection | None = None, arc: Path | None = None) -> SoarData:
    """Opens a labelled file or folder, or raw SOAR files (labelled in memory).

    Args:   path: a file, folder, glob or address, or several of them; their order does not matter.
            arc: where the tasks are, for `select.drop_trivial`; None: the library's.
    Raises: InputError: not in the SOAR schema, keys that are not unique, a file that is cut off; with column and row.
            ConfigError: the selection cannot be used.
    """
    reader = RowReader(open_sources(path))
    keys = read_keys(reader.sources, from_notes=True)
    data = SoarData(reader, keys, work_order(keys), Selected(np.ones(len(keys), dtype=np.bool_), {}))
    return data if select is None else data.selecting(select, arc=arc)


def _tell(selected: Selected) -> None:
    """A line on what each filter took, where there was one."""
    if selected.counts:
        import structlog  # only here: it costs a tenth of a second

        structlog.get_logger().info("Selected rows", rows=selected.n_rows, left_out=dict(selected.counts))
