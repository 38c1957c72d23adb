# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
# (pyarrow ships no types)
"""The format of progress.json: strict reading with the place of every fault, quick reading and writing in bulk."""

from __future__ import annotations

import codecs
import io
import json
import operator
import os
import re
import stat
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import orjson

from soar2cot.arrow import arrow_array, numbers
from soar2cot.errors import InputError, ProgressFileError
from soar2cot.key_columns import KeyColumns
from soar2cot.keyset import DATA_TYPES, KeySet, TaskTable
from soar2cot.records import SampleKey

HEAD = b'{\n  "completed": [\n    '
SEPARATOR = b",\n    "
CHUNK = 100_000
FEW = 50_000  # entries up to which they are rendered one by one: beyond, loading Arrow's functions (0.1 s) is worth it
FAST_FROM_BYTES = 1 << 16
PIECE_BYTES = 8 << 20
MAX_NUMBER = (1 << 31) - 1  # of a round, and of samples
SHOWN_UP_TO = 60  # characters of a wrong value

_NUMBER = f"an integer from 0 to {MAX_NUMBER}"
_WAY_OUT = "move it away and have it written again from the ledger with `soar2cot progress export`"


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
    """Reads the file, or what a link of this name leads to; None where there is none.

    Raises: ProgressFileError: with line, column and the ways out; also where it is no file at all, or cannot be read.
            Nothing was changed.
    """
    try:
        with _opened(path) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _no_file(path, "it is no regular file")
            return _parse(file, str(path), tasks or TaskTable())
    except FileNotFoundError:
        return None
    except OSError as error:
        way_out = "Give read permission" if isinstance(error, PermissionError) else "Put a file in its place"
        raise _no_file(path, error.strerror or str(error), way_out) from error


def _opened(path: Path) -> BinaryIO:
    """Without waiting: a named pipe would be opened only when somebody writes to it."""
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))


def _no_file(path: Path, why: str, way_out: str = "Put a file in its place") -> ProgressFileError:
    return ProgressFileError(f"{path} cannot be read: {why}. Nothing was changed. {way_out}, or {_WAY_OUT}")


def parse_progress(data: bytes, *, source: str, tasks: TaskTable | None = None) -> ProgressFile:
    """Reads progress.json's bytes: our own layout column by column, any other layout entry by entry."""
    return _parse(io.BytesIO(data), source, tasks or TaskTable())


def _parse(file: BinaryIO, source: str, tasks: TaskTable) -> ProgressFile:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    quick = _parse_own_layout(file, tasks) if size >= FAST_FROM_BYTES else None
    if quick is not None:
        return quick
    file.seek(0)
    return _parse_any_layout(file.read(), source, tasks)


# --- our own layout: one entry a line


def _parse_own_layout(file: BinaryIO, tasks: TaskTable) -> ProgressFile | None:
    """Reads what `render_progress` wrote, by columns, a piece at a time; None where anything at all is unusual."""
    if file.read(len(HEAD)) != HEAD:
        return None
    parts: list[KeyColumns] = []
    rest = b""
    while piece := file.read(PIECE_BYTES):
        text = rest + piece
        cut = text.rfind(SEPARATOR)
        if cut < 0:
            rest = text
            continue
        columns = _entries(text[:cut])
        if columns is None:
            return None
        parts.append(columns)
        rest = text[cut + len(SEPARATOR) :]
    last, found, tail = rest.rpartition(b"\n  ]")
    columns = _entries(last) if found else None
    if columns is None:
        return None
    return _summed([*parts, columns], tail, tasks)


def _entries(text: bytes) -> KeyColumns | None:
    """The columns of entries that stand in our own layout; None where one does not."""
    import pyarrow as pa
    import pyarrow.json as pj

    schema = pa.schema([("task_id", pa.string()), ("round_index", pa.int64()), ("data_type", pa.string())])
    lines = text.replace(SEPARATOR, b"\n")
    try:
        table = pj.read_json(
            pa.BufferReader(lines),
            parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )
    except pa.ArrowInvalid:
        return None
    return _columns(table) if table.num_rows == lines.count(b"\n") + 1 else None


def _columns(table: Any) -> KeyColumns | None:
    """The table's columns, None where a value is out of range."""
    if any(column.null_count for column in table.columns):
        return None
    tasks, kinds = (table[name].combine_chunks().dictionary_encode() for name in ("task_id", "data_type"))
    rounds = numbers(table["round_index"].combine_chunks())
    if not set(kinds.dictionary.to_pylist()) <= set(DATA_TYPES) or rounds.min() < 0 or rounds.max() > MAX_NUMBER:
        return None
    return KeyColumns(
        tasks=tuple(tasks.dictionary.to_pylist()),
        kinds=tuple(kinds.dictionary.to_pylist()),
        task=numbers(tasks.indices),
        round_index=rounds,
        kind=numbers(kinds.indices).astype(np.int8),
    )


def _summed(parts: list[KeyColumns], tail: bytes, tasks: TaskTable) -> ProgressFile | None:
    try:
        totals: Any = orjson.loads(b'{"completed": []' + tail)
    except orjson.JSONDecodeError:
        return None
    if _bad_totals(totals):
        return None
    keys = KeySet(tasks=tasks)
    keys.extend(*parts)
    return _with_totals(cast("dict[str, Any]", totals), keys, sum(map(len, parts)))


def _bad_totals(value: dict[str, Any]) -> list[str]:
    """The counts that are no counts."""
    names = ("total_completed", "last_saved_to_parquet")
    return [name for name in names if not _is_number(value.get(name, 0))]


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_NUMBER


# --- any layout


def _parse_any_layout(data: bytes, source: str, tasks: TaskTable) -> ProgressFile:
    text = _decode(data.removeprefix(codecs.BOM_UTF8), source)
    value = _loaded(text, source)
    if not isinstance(value, dict) or not isinstance(cast("dict[str, Any]", value).get("completed"), list):
        raise _unusable(source, text, 0, 'it must be an object with a list "completed"')
    fields = cast("dict[str, Any]", value)
    entries = cast("list[Any]", fields["completed"])
    keys = KeySet(tasks=tasks)
    for index, entry in enumerate(entries):
        problem = _entry_problem(entry)
        if problem:
            raise _unusable(source, text, _place_of_entry(text, index), f"entry {index + 1}: {problem}")
        keys.add(SampleKey(entry["task_id"], entry["round_index"], entry["data_type"]))
    for name in _bad_totals(fields):
        raise _unusable(source, text, max(0, text.find(f'"{name}"')), _misfit(fields, name, _NUMBER))
    return _with_totals(fields, keys, len(entries))


def _loaded(text: str, source: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _unusable(source, text, error.pos, error.msg) from None
    except ValueError:  # Python reads no integer of more than 4,300 digits
        found = re.search(r"\d{4301}", text)
        raise _unusable(source, text, found.start() if found else 0, "an integer of too many digits") from None
    except RecursionError:
        raise _unusable(source, text, 0, "lists or objects stand in each other too deep") from None


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


def checked_key(task_id: Any, round_index: Any, data_type: Any) -> SampleKey:
    """The key, if an entry of the file can hold it; whole numbers of any library are numbers.

    Raises: InputError.
    """
    with suppress(TypeError):
        round_index = operator.index(round_index)
    problem = _entry_problem({"task_id": task_id, "round_index": round_index, "data_type": data_type})
    if problem:
        raise InputError(f"{task_id!r}, {round_index!r}, {data_type!r} is no sample: {problem}; nothing was noted")
    return SampleKey(str(task_id), round_index, str(data_type))


def _entry_problem(entry: Any) -> str | None:
    """Why this is no entry; None if it is one."""
    if not isinstance(entry, dict):
        return f"an entry is an object, this is {_shown(entry)}"
    fields = cast("dict[str, Any]", entry)
    task_id = fields.get("task_id")
    if not isinstance(task_id, str) or not task_id:
        return _misfit(fields, "task_id", "a text")
    if not _is_text(task_id):
        return _misfit(fields, "task_id", "a text of whole characters")
    if not _is_number(fields.get("round_index")):
        return _misfit(fields, "round_index", _NUMBER)
    return None if fields.get("data_type") in DATA_TYPES else _misfit(fields, "data_type", '"original" or "hindsight"')


def _is_text(value: str) -> bool:
    """Whether it can be written: half a pair of surrogates cannot, and a JSON escape can name one."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _misfit(fields: dict[str, Any], name: str, wanted: str) -> str:
    """What a value must be, and what it is."""
    return f'"{name}" must be {wanted}, it is {_shown(fields[name]) if name in fields else "missing"}'


def _shown(value: Any) -> str:
    """As it stands in JSON, not at length."""
    text = json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace").decode()
    return text if len(text) <= SHOWN_UP_TO else text[:SHOWN_UP_TO] + " …"


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
        f"{_WAY_OUT}"
    )


# --- writing


class EntryTexts:
    """The entries of a growing set as text: what was rendered the last time is not rendered again.

    Memory: as much as the text.
    """

    def __init__(self) -> None:
        self._tasks: TaskTable | None = None
        self._packed = np.empty(0, np.int64)
        self._text = b""

    def of(self, keys: KeySet) -> bytes:
        """All entries with separators between them, in the set's order."""
        packed, n_known = keys.packed, len(self._packed)
        if keys.tasks is not self._tasks or not np.array_equal(packed[:n_known], self._packed):
            n_known, self._text = 0, b""
        parts = self._text, _render_few(keys.columns(packed[n_known:]))
        self._tasks, self._packed, self._text = keys.tasks, packed, SEPARATOR.join(filter(None, parts))
        return self._text


def render_progress(keys: KeySet, *, last_saved_to_parquet: int, known: EntryTexts | None = None) -> Generator[bytes]:
    """The file's bytes in chunks: one entry a line, so that it is easily edited by hand.

    Args: known: of the same set's earlier renderings.
    """
    yield HEAD.rstrip(b" ") if not len(keys) else HEAD
    if len(keys) <= FEW:
        yield (known or EntryTexts()).of(keys)
    else:
        yield from _render_many(keys)
    totals = b'"total_completed": %d,\n  "last_saved_to_parquet": %d\n}\n' % (len(keys), last_saved_to_parquet)
    yield (b"\n  ],\n  " if len(keys) else b"  ],\n  ") + totals


def _render_few(keys: KeyColumns) -> bytes:
    """Entry by entry."""
    names = [orjson.dumps(name) for name in keys.tasks]
    kinds = [kind.encode() for kind in keys.kinds]
    rows = zip(keys.task.tolist(), keys.round_index.tolist(), keys.kind.tolist(), strict=True)
    entry = b'{"task_id": %s, "round_index": %d, "data_type": "%s"}'
    return SEPARATOR.join(entry % (names[task], number, kinds[kind]) for task, number, kind in rows)


def _render_many(keys: KeySet) -> Generator[bytes]:
    packed = keys.packed
    for start in range(0, len(packed), CHUNK):
        if start:
            yield SEPARATOR
        yield _render_entries(keys.columns(packed[start : start + CHUNK]))


def _render_entries(keys: KeyColumns) -> bytes:
    """The entries with their separators: the texts of an Arrow column lie one behind the other in memory."""
    import pyarrow as pa
    import pyarrow.compute as pc

    heads = pa.array([f'{{"task_id": {orjson.dumps(name).decode()}, "round_index": ' for name in keys.tasks])
    ends = pa.array([f', "data_type": "{kind}"}}{SEPARATOR.decode()}' for kind in keys.kinds])
    rounds = arrow_array(keys.round_index).cast(pa.string())
    texts: Any = pc.binary_join_element_wise(  # pyright: ignore[reportAttributeAccessIssue]
        heads.take(arrow_array(keys.task)), rounds, ends.take(arrow_array(keys.kind)), ""
    )
    return bytes(memoryview(texts.buffers()[2])[: -len(SEPARATOR)])
