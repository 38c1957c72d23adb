# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
# (pyarrow ships no types)
"""The format of progress.json: strict reading with the place of every fault, quick reading and writing in bulk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import orjson

from soar2cot.errors import ProgressFileError
from soar2cot.key_columns import KeyColumns
from soar2cot.keyset import DATA_TYPES, KeySet, TaskTable
from soar2cot.records import SampleKey

HEAD = b'{\n  "completed": [\n    '
SEPARATOR = b",\n    "
CHUNK = 100_000
FAST_FROM_BYTES = 1 << 16
MAX_ROUND = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class ProgressFile:
    """What a progress file says.

    `keys` holds each entry once, in the file's order. `total_completed` is what the file claims, None where it
    does not: a hand edit seldom keeps it. `duplicates` counts the entries that stood in it more than once.
    """

    keys: KeySet
    total_completed: int | None
    last_saved_to_parquet: int
    duplicates: int


def read_progress(path: Path, *, tasks: TaskTable | None = None) -> ProgressFile | None:
    """Reads the file; None where there is none.

    Raises: ProgressFileError: with line, column and the ways out. Nothing was changed.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return parse_progress(data, source=str(path), tasks=tasks)


def parse_progress(data: bytes, *, source: str, tasks: TaskTable | None = None) -> ProgressFile:
    """Reads progress.json's bytes: our own layout column by column, any other layout entry by entry."""
    tasks = tasks or TaskTable()
    if len(data) >= FAST_FROM_BYTES and data.startswith(HEAD):
        quick = _parse_own_layout(data, tasks)
        if quick is not None:
            return quick
    return _parse_any_layout(data, source, tasks)


# --- our own layout: one entry a line


def _parse_own_layout(data: bytes, tasks: TaskTable) -> ProgressFile | None:
    """Reads what `render_progress` wrote, by columns; None where anything at all is unusual."""
    import pyarrow as pa
    import pyarrow.json as pj

    end = data.rfind(b"\n  ]")
    schema = pa.schema([("task_id", pa.string()), ("round_index", pa.int64()), ("data_type", pa.string())])
    try:
        tail = orjson.loads(b'{"completed": [' + data[end + 3 :]) if end > 0 else None
        if not isinstance(tail, dict):
            return None
        lines = data[len(HEAD) : end].replace(SEPARATOR, b"\n")
        table = pj.read_json(
            pa.BufferReader(lines),
            parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )
    except (orjson.JSONDecodeError, pa.ArrowInvalid):
        return None
    columns = _columns(table)
    if columns is None or table.num_rows != lines.count(b"\n") + 1:
        return None
    keys = KeySet(tasks=tasks)
    keys.extend(columns)
    return _with_totals(cast("dict[str, Any]", tail), keys, table.num_rows)


def _columns(table: Any) -> KeyColumns | None:
    """The table's columns, None where a value is out of range."""
    if any(column.null_count for column in table.columns):
        return None
    tasks, types = (table[name].combine_chunks().dictionary_encode() for name in ("task_id", "data_type"))
    rounds = table["round_index"].to_numpy()
    kinds = tuple(types.dictionary.to_pylist())
    if not set(kinds) <= set(DATA_TYPES) or rounds.min() < 0 or rounds.max() > MAX_ROUND:
        return None
    return KeyColumns(
        tasks=tuple(tasks.dictionary.to_pylist()),
        kinds=kinds,
        task=tasks.indices.to_numpy(),
        round_index=rounds,
        kind=types.indices.to_numpy().astype(np.int8),
    )


# --- any layout


def _parse_any_layout(data: bytes, source: str, tasks: TaskTable) -> ProgressFile:
    text = _decode(data, source)
    try:
        value: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise _unusable(source, text, error.pos, error.msg) from None
    if not isinstance(value, dict) or not isinstance(cast("dict[str, Any]", value).get("completed"), list):
        raise _unusable(source, text, 0, 'it must be an object with a list "completed"')
    entries = cast("list[Any]", value["completed"])
    keys = KeySet(tasks=tasks)
    for index, entry in enumerate(entries):
        problem = _entry_problem(entry)
        if problem:
            raise _unusable(source, text, _place_of_entry(text, index), f"entry {index + 1}: {problem}")
        keys.add(SampleKey(entry["task_id"], entry["round_index"], entry["data_type"]))
    for name in ("total_completed", "last_saved_to_parquet"):
        if type(value.get(name, 0)) is not int or value.get(name, 0) < 0:
            raise _unusable(source, text, max(0, text.find(f'"{name}"')), f'"{name}" must be an integer of at least 0')
    return _with_totals(cast("dict[str, Any]", value), keys, len(entries))


def _with_totals(value: dict[str, Any], keys: KeySet, n_entries: int) -> ProgressFile:
    return ProgressFile(
        keys=keys,
        total_completed=value.get("total_completed"),
        last_saved_to_parquet=value.get("last_saved_to_parquet", 0),
        duplicates=n_entries - len(keys),
    )


def _decode(data: bytes, source: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        text = data[: error.start].decode()
        raise _unusable(source, text, len(text), "no UTF-8 text from here on") from None


def _entry_problem(entry: Any) -> str | None:
    """Why this is no entry; None if it is one."""
    if not isinstance(entry, dict):
        return f"an entry is an object, this is {entry!r}"
    fields = cast("dict[str, Any]", entry)
    task_id, round_index, data_type = (fields.get(name) for name in SampleKey._fields)
    if not isinstance(task_id, str) or not task_id:
        return f'"task_id" must be a text, it is {task_id!r}'
    if type(round_index) is not int or not 0 <= round_index <= MAX_ROUND:
        return f'"round_index" must be an integer of at least 0, it is {round_index!r}'
    if data_type not in DATA_TYPES:
        return f'"data_type" must be "original" or "hindsight", it is {data_type!r}'
    return None


def _place_of_entry(text: str, index: int) -> int:
    """Where the entry begins in the text; found by reading the list once more, entry by entry."""
    decoder = json.JSONDecoder()
    place = text.index("[", text.index('"completed"')) + 1
    for _ in range(index):
        _, place = decoder.raw_decode(text, _skip(text, place))
        place = _skip(text, place) + 1  # the comma
    return _skip(text, place)


def _skip(text: str, place: int) -> int:
    while text[place].isspace():
        place += 1
    return place


def _unusable(source: str, text: str, place: int, problem: str) -> ProgressFileError:
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    return ProgressFileError(
        f"{source}, line {line}, column {column}: {problem}. Nothing was changed. Either mend the file there, or "
        f"move it away and have it written again from the ledger with `soar2cot progress export`"
    )


# --- writing


def render_progress(keys: KeySet, *, last_saved_to_parquet: int) -> Iterator[bytes]:
    """The file's bytes in chunks: one entry a line, so that it is easily edited by hand."""
    yield HEAD.rstrip(b" ") if not len(keys) else HEAD
    packed = keys.packed
    for start in range(0, len(packed), CHUNK):
        if start:
            yield SEPARATOR
        yield _render_entries(keys, start, min(start + CHUNK, len(packed)))
    totals = b'"total_completed": %d,\n  "last_saved_to_parquet": %d\n}\n' % (len(keys), last_saved_to_parquet)
    yield (b"\n  ],\n  " if len(keys) else b"  ],\n  ") + totals


def _render_entries(keys: KeySet, start: int, stop: int) -> bytes:
    names = [orjson.dumps(name).decode() for name in keys.tasks.names]
    return SEPARATOR.join(
        b'{"task_id": %s, "round_index": %d, "data_type": "%s"}'
        % (names[packed >> 32].encode(), packed >> 1 & MAX_ROUND, DATA_TYPES[packed & 1].encode())
        for packed in keys.packed[start:stop].tolist()
    )
