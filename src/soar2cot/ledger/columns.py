"""Millions of completed keys as columns, without a Python object for each."""

from __future__ import annotations

import io
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soar2cot.arrow import numbers
from soar2cot.ledger.base import CompletedColumns

_CHUNK_BYTES = 4 << 20


def columns_of_rounds(found: Iterable[tuple[int, int, str | None]], cursor: int) -> CompletedColumns:
    """Columns from (round_index, is_hindsight, task ids parted by newlines; None for none), read after `cursor`."""
    rounds: list[tuple[int, int, int]] = []
    parts: list[Any] = []
    waiting: list[str] = []
    size = 0
    for round_index, is_hindsight, text in found:
        if not text:
            continue
        rounds.append((round_index, is_hindsight, text.count("\n") + 1))
        waiting.append(text)
        size += len(text)
        if size > _CHUNK_BYTES:
            parts.append(_task_ids("\n".join(waiting)))
            waiting, size = [], 0
    if waiting:
        parts.append(_task_ids("\n".join(waiting)))
    return _assembled(rounds, parts, cursor)


def _assembled(rounds: list[tuple[int, int, int]], parts: list[Any], cursor: int) -> CompletedColumns:
    if not parts:
        return CompletedColumns((), np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.bool_), cursor)
    pa: Any = import_module("pyarrow")  # it has no types
    tasks: Any = pa.concat_tables(parts).unify_dictionaries().combine_chunks().column(0).chunk(0)
    known: NDArray[np.int64] = np.array(rounds, dtype=np.int64)
    return CompletedColumns(
        tuple(tasks.dictionary.to_pylist()),
        numbers(tasks.indices),
        np.repeat(known[:, 0].astype(np.int32), known[:, 2]),
        np.repeat(known[:, 1].astype(np.bool_), known[:, 2]),
        cursor,
    )


def _task_ids(text: str) -> Any:
    pa: Any = import_module("pyarrow")
    csv: Any = import_module("pyarrow.csv")
    return csv.read_csv(
        io.BytesIO(text.encode()),
        read_options=csv.ReadOptions(column_names=["task_id"], use_threads=False),
        parse_options=csv.ParseOptions(quote_char=False, delimiter="\x1f"),
        convert_options=csv.ConvertOptions(column_types={"task_id": pa.dictionary(pa.int32(), pa.string())}),
    )
