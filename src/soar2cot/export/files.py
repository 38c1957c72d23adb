"""Rows into files whose bytes depend on the rows alone: parquet, JSONL, CSV."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow
import pyarrow.parquet as pq

from soar2cot.export.views import PUBLISHED_COLUMNS, FileKind, Row

pa: Any = pyarrow  # it has no types of its own
_GRID: Any = pa.list_(pa.list_(pa.int8()))
_PAIRS: Any = pa.list_(pa.struct([("input", _GRID), ("output", _GRID)]))
_TURNS: Any = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_ORIGIN: Any = [
    ("id", pa.string()),
    ("record_id", pa.string()),
    ("task_id", pa.string()),
    ("round_index", pa.int32()),
    ("data_type", pa.string()),
    ("test_index", pa.int32()),
    ("training_score", pa.float64()),
]
_EXCHANGE: Any = [*_ORIGIN, ("prompt", _TURNS), ("completion", _TURNS)]
SCHEMAS: dict[str, Any] = {
    "records": pa.schema(
        [
            ("id", pa.string()),
            ("task_id", pa.string()),
            ("round_index", pa.int32()),
            ("data_type", pa.string()),
            ("is_hindsight", pa.bool_()),
            ("task_hash", pa.string()),
            ("train", _PAIRS),
            ("test", _PAIRS),
            ("input_output_analysis", pa.string()),
            ("transformation_method", pa.string()),
            ("instructions", pa.string()),
            ("chain_of_thought", pa.list_(pa.string())),
            ("python_code", pa.string()),
            ("model", pa.string()),
            ("training_score", pa.float64()),
            (
                "example_scores",
                pa.list_(pa.struct([("score", pa.float64()), ("exact", pa.bool_()), ("changed_f1", pa.float64())])),
            ),
            ("best_test_score", pa.float64()),
            ("reached", pa.list_(pa.bool_())),
            (
                "guesses",
                pa.list_(
                    pa.struct(
                        [
                            ("guess_number", pa.int32()),
                            ("grids", pa.list_(_GRID)),
                            ("model", pa.string()),
                            ("avg_score", pa.float64()),
                            ("scores", pa.list_(pa.float64())),
                        ]
                    )
                ),
            ),
            ("num_guesses", pa.int32()),
            ("soar_source_model", pa.string()),
            ("soar_generation", pa.int32()),
            ("soar_round_index", pa.int32()),
            ("sandbox", pa.string()),
            ("engine_version", pa.string()),
            ("created_at", pa.string()),
        ]
    ),
    "messages": pa.schema(
        [
            *_ORIGIN,
            (
                "messages",
                pa.list_(
                    pa.struct([("role", pa.string()), ("content", pa.string()), ("reasoning_content", pa.string())])
                ),
            ),
        ]
    ),
    "think": pa.schema([*_ORIGIN, ("messages", _TURNS)]),
    "prompt-completion": pa.schema(_EXCHANGE),
    "instruct": pa.schema([*_ORIGIN, ("part", pa.string()), *_EXCHANGE[-2:]]),
    "induce": pa.schema(_EXCHANGE),
    "explain": pa.schema(_EXCHANGE),
    "openai": pa.schema([("messages", _TURNS)]),
    "sharegpt": pa.schema(
        [
            ("id", pa.string()),
            ("conversations", pa.list_(pa.struct([("from", pa.string()), ("value", pa.string())]))),
        ]
    ),
}
SCHEMAS["csv"] = pa.schema([SCHEMAS["records"].field(name) for name in PUBLISHED_COLUMNS])


def write_rows(path: Path, rows: Sequence[Row], *, view: str, kind: FileKind) -> None:
    """Writes one file and syncs it. The same rows give the same bytes, whenever and wherever."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "parquet":
        pq.write_table(arrow_table(rows, view), path, compression="zstd", row_group_size=1_000)
    elif kind == "jsonl":
        path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    else:
        path.write_text(_csv_text(rows), encoding="utf-8", newline="")
    sync(path)


def arrow_table(rows: Sequence[Row], view: str) -> Any:
    """The rows as an Arrow table with the columns of the view."""
    return pa.Table.from_pylist(list(rows), schema=SCHEMAS[view])


def _csv_text(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list[str](PUBLISHED_COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def sync(path: Path) -> None:
    """Makes what was written to the file survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
