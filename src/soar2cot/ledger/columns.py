"""Millions of completed keys as columns, without a Python object for each."""

from __future__ import annotations

import io
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import numpy as np

from soar2cot.ledger.base import CompletedColumns


def columns_from_text(texts: Iterable[str | bytes]) -> CompletedColumns:
    """Columns from texts of lines `task_id,round_index,0 or 1`."""
    pa: Any = import_module("pyarrow")  # it has no types
    parts: list[Any] = [_parse(text.encode() if isinstance(text, str) else text) for text in texts if text]
    if not parts:
        return CompletedColumns((), np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.bool_))
    table: Any = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
    task, round_index, is_hindsight = (table.column(name).chunk(0) for name in range(3))
    return CompletedColumns(
        tuple(task.dictionary.to_pylist()),
        task.indices.to_numpy(),
        round_index.to_numpy(),
        is_hindsight.to_numpy(zero_copy_only=False),
    )


def _parse(text: bytes) -> Any:
    pa: Any = import_module("pyarrow")
    csv: Any = import_module("pyarrow.csv")
    types = {"task_id": pa.dictionary(pa.int32(), pa.string()), "round_index": pa.int32(), "is_hindsight": pa.bool_()}
    return csv.read_csv(
        io.BytesIO(text),
        read_options=csv.ReadOptions(column_names=list(types), use_threads=False),
        parse_options=csv.ParseOptions(quote_char=False),
        convert_options=csv.ConvertOptions(column_types=types, true_values=["1"], false_values=["0"]),
    )
