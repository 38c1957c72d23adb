# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""`label`: from raw files to one that stands in the order of work, in two passes over the disk.

The place of every row in the result is known from the key columns alone. So nothing is compared and merged, as a
sort would do: the first pass deals the rows out to buckets, each a stretch of the result that fits into memory;
the second brings each bucket into order and writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from soar2cot.arrow import arrow_array, numbers
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.arrays import whole
from soar2cot.soar_loader.decode import BadRow, clean_rows, decode
from soar2cot.soar_loader.identity import COMPACTED, IDENTITY, KEYS_HASH, identity_of, noted
from soar2cot.soar_loader.index import keys_hash, read_keys, row_name, work_order
from soar2cot.soar_loader.keep import Kept, keep_rounds
from soar2cot.soar_loader.reader import RowReader
from soar2cot.soar_loader.schema import KIND, KINDS, RAW_COLUMNS, ROUND
from soar2cot.soar_loader.sources import Paths, open_sources
from soar2cot.soar_loader.write import (
    OUT_COLUMNS,
    LabelledWriter,
    check_target,
    size_of,
    spilling,
    sweep_folders,
    writing,
)

_BUCKET_SHARE = 32  # a bucket is read, ordered (a copy) and encoded while the next one comes; a batch likewise
_BUCKETS_MAX = 512  # files that are open at once
_SHOWN_BAD = 10
_PLACE = "place"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What was written.

    `kept` counts rows that have the number from the earlier file. `bad_rows` counts rows that cannot be used: they
    keep their number, and cost themselves when their turn comes; `first_bad` says of the first ten what is wrong.
    """

    out: Path
    n_rows: int
    n_tasks: int
    n_rounds: int
    n_original: int
    n_hindsight: int
    kept: int
    bad_rows: int
    first_bad: tuple[str, ...]
    size_bytes: int
    identity: str


def label(
    raw: Paths,
    out: Path,
    *,
    memory_bytes: int = 4 << 30,
    keep: Path | None = None,
    on_progress: Progress | None = None,
) -> LabelReport:
    """Writes the rows of all `raw` files with `round_index` and `data_type`, sorted by (round_index, task_id).

    `round_index` is the ordinal within the task, over the files in the natural order of their names. Where `out`
    exists (or `keep` is given), its programs keep their numbers: see `keep.py`. Rows of files that are labelled
    already keep theirs.

    Args:   out: a name that ends in `.parquet`: one file; else a folder of parts.
            memory_bytes: what all of it may use.
            on_progress: called with (`dealt` or `written`, rows so far, rows).
    Raises: InputError: a file is not in the SOAR schema or cannot be read; `out` is as it was.
    Crash:  `out` is as it was; what lies beside it is swept by the next `label` to the same name.
    """
    sweep_folders(out)
    check_target(out)
    reader = RowReader(open_sources(raw))
    kept = _keys(reader, keep or (out if out.exists() else None))
    order = work_order(kept.keys)
    notes = _notes(reader, kept.keys, order)
    labelling = _Labelling(reader, kept.keys, order, memory_bytes, on_progress or (lambda *_: None))
    schema = pa.schema([(name, reader.types[name]) for name in OUT_COLUMNS])
    with writing(out, schema, kept.keys if order is None else kept.keys.take(order), notes) as writer:
        labelling.run(out, writer)
    return labelling.report(out, kept, notes[IDENTITY].decode())


def _notes(reader: RowReader, keys: KeyColumns, order: NDArray[np.intp] | None) -> dict[bytes, bytes]:
    notes = {IDENTITY: identity_of(reader, keys, order).encode(), KEYS_HASH: keys_hash(keys, order).encode()}
    compacted = noted(reader.sources).get(COMPACTED)
    return notes if compacted is None else notes | {COMPACTED: compacted}


def _keys(reader: RowReader, earlier: Path | None) -> Kept:
    keys = read_keys(reader.sources)
    if earlier is None or reader.sources[0].labelled:
        return Kept(keys, 0)
    return keep_rounds(reader, keys, earlier)


@dataclass
class _Labelling:
    """One call of `label`, between its checks and its report."""

    reader: RowReader
    keys: KeyColumns
    order: NDArray[np.intp] | None
    memory_bytes: int
    on_progress: Progress
    bad_rows: int = 0
    first_bad: list[str] = field(default_factory=list[str])

    def run(self, out: Path, writer: LabelledWriter) -> None:
        edges = self._bucket_edges()
        if len(edges) <= 2:
            tables = [table for table, _ in self._batches()]
            self._write(_in_order(pa.concat_tables(tables)), writer, 0) if tables else None
            return
        with spilling(out) as folder:
            self._deal(folder, edges)
            buckets = (_in_order(_read_bucket(folder, number)) for number in range(len(edges) - 1))
            for table, start in zip(_one_ahead(buckets), edges.tolist(), strict=False):
                self._write(table, writer, start)

    def report(self, out: Path, kept: Kept, identity: str) -> LabelReport:
        n_original = int((self.keys.kind == KINDS.index("original")).sum())
        return LabelReport(
            out=out,
            n_rows=len(self.keys),
            n_tasks=len(self.keys.tasks),
            n_rounds=int(self.keys.round_index.max()) + 1 if len(self.keys) else 0,
            n_original=n_original,
            n_hindsight=len(self.keys) - n_original,
            kept=kept.n_kept,
            bad_rows=self.bad_rows,
            first_bad=tuple(self.first_bad),
            size_bytes=size_of(out),
            identity=identity,
        )

    def _bucket_edges(self) -> NDArray[np.intp]:
        """Where each bucket begins and the last one ends, in places of the result."""
        n = len(self.keys)
        wanted = int(np.ceil(n * self.reader.row_bytes * _BUCKET_SHARE / self.memory_bytes))
        n_buckets = max(1, min(wanted, n, _BUCKETS_MAX))
        return np.linspace(0, n, n_buckets + 1).astype(np.intp)

    def _batches(self) -> Iterator[tuple[Any, NDArray[np.int32]]]:
        """The rows as they stand, many at a time, with the labels and their places in the result."""
        places = self._places()
        first = 0
        for table in _one_ahead(self._raw_batches()):
            rows = slice(first, first + table.num_rows)
            self._look_for_bad_rows(table, first)
            yield self._labelled(table, rows, places[rows]), places[rows]
            first = rows.stop
            self.on_progress("dealt", first, len(self.keys))

    def _raw_batches(self) -> Iterator[Any]:
        rows_at_once = max(1, int(self.memory_bytes / _BUCKET_SHARE / self.reader.row_bytes))
        waiting: list[Any] = []
        for group in range(len(self.reader.groups)):
            for piece in self.reader.pieces(group, RAW_COLUMNS):
                waiting.append(piece.select(RAW_COLUMNS))
                if sum(table.num_rows for table in waiting) >= rows_at_once:
                    yield pa.concat_tables(waiting).combine_chunks()
                    waiting = []
        if waiting:
            yield pa.concat_tables(waiting).combine_chunks()

    def _places(self) -> NDArray[np.int32]:
        places = np.arange(len(self.keys), dtype=np.int32)
        if self.order is not None:
            places[self.order] = np.arange(len(self.keys), dtype=np.int32)
        return places

    def _labelled(self, table: Any, rows: slice, places: NDArray[np.int32]) -> Any:
        kinds = pa.DictionaryArray.from_arrays(arrow_array(self.keys.kind[rows]), list(self.keys.kinds))
        return (
            table.append_column(ROUND, arrow_array(self.keys.round_index[rows].astype(np.int32)))
            .append_column(KIND, kinds.cast(pa.string()))
            .append_column(_PLACE, arrow_array(places))
        )

    def _deal(self, folder: Path, edges: NDArray[np.intp]) -> None:
        """The first pass: every row to the bucket of its place."""
        with ExitStack() as stack:
            buckets: list[Any] = [None] * (len(edges) - 1)
            for table, places in self._batches():
                dealt = table.take(arrow_array(np.argsort(places)))
                cuts = np.searchsorted(np.sort(places), edges)
                for number, (start, stop) in enumerate(pairwise(cuts.tolist())):
                    if stop == start:
                        continue
                    if buckets[number] is None:
                        buckets[number] = stack.enter_context(_open_bucket(folder, number, dealt.schema))
                    buckets[number].write_table(dealt.slice(start, stop - start))

    def _write(self, table: Any, writer: LabelledWriter, first: int) -> None:
        writer.write(table)
        self.on_progress("written", first + table.num_rows, len(self.keys))

    def _look_for_bad_rows(self, table: Any, first_row: int) -> None:
        bad = np.flatnonzero(~clean_rows(table))
        self.bad_rows += len(bad)
        for place in bad[: _SHOWN_BAD - len(self.first_bad)].tolist():
            row = first_row + place
            item = next(decode(table.slice(place, 1), [self.keys[row]], [row]))
            if isinstance(item, BadRow):
                self.first_bad.append(f"{row_name(self.reader.sources, row)} {item.error}")


def _one_ahead(tables: Iterator[Any]) -> Iterator[Any]:
    """Each table as it comes, while the next one is made in a thread."""
    with ThreadPoolExecutor(1, thread_name_prefix="soar-label") as pool:
        coming = pool.submit(next, tables, None)
        while (table := coming.result()) is not None:
            coming = pool.submit(next, tables, None)
            yield table


def _in_order(table: Any) -> Any:
    """A bucket in order, without the place: the second pass."""
    places = numbers(whole(table.column(_PLACE)))
    ordered = table.drop_columns([_PLACE])
    if bool((np.diff(places) == 1).all()):
        return ordered
    return ordered.combine_chunks().take(arrow_array(np.argsort(places)))


def _bucket(folder: Path, number: int) -> Path:
    return folder / f"{number:05}.arrow"


def _open_bucket(folder: Path, number: int, schema: Any) -> Any:
    return pa.ipc.new_stream(str(_bucket(folder, number)), schema, options=pa.ipc.IpcWriteOptions(compression="lz4"))


def _read_bucket(folder: Path, number: int) -> Any:
    path = _bucket(folder, number)
    with pa.OSFile(str(path)) as file:
        table = pa.ipc.open_stream(file).read_all()
    path.unlink()
    return table
