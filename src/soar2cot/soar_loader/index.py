# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""The keys of every row of a data set, in arrays: read from a labelled file, or worked out for a raw one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from soar2cot.errors import InputError
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.arrays import numbers, valid, whole
from soar2cot.soar_loader.schema import (
    FLAGS,
    KEY_COLUMNS,
    KIND,
    KINDS,
    ROUND,
    TASK,
    column_types,
    is_original,
    normalise,
)
from soar2cot.soar_loader.sources import Source, reading

_RAW_KEY_COLUMNS = (TASK, FLAGS["test"])
_CHUNK_ROWS = 1 << 18
_TABLE_MAX = 1 << 27  # 128 MB; the published data set needs 10


def read_keys(sources: Sequence[Source]) -> KeyColumns:
    """The key of each row, files one after the other, rows as they stand. `tasks` is in alphabetical order.

    A raw file's `round_index` is the ordinal of the row within its task, over the files in the order of their
    names: rows that are appended get the next numbers and leave the earlier ones as they are.

    Raises: InputError: a key column has a null, a data type that does not exist, or two rows have one key.
    """
    labelled = sources[0].labelled
    parts = [_read_columns(source, KEY_COLUMNS if labelled else _RAW_KEY_COLUMNS) for source in sources]
    table: Any = pa.concat_tables(parts).unify_dictionaries()
    tasks, task = _codes(table, TASK, sources)
    if labelled:
        keys = KeyColumns(tasks, KINDS, task, _rounds(table, sources), _kinds(table, sources))
    else:
        original = is_original(table.column(FLAGS["test"]))
        keys = KeyColumns(tasks, KINDS, task, ordinals(task).astype(np.int64), (~original).astype(np.int8))
    _check_unique(keys, sources)
    return keys


def _read_columns(source: Source, columns: Sequence[str]) -> Any:
    with reading(source.name):
        table = source.file.read(columns=list(columns))
    if table.num_rows != source.n_rows:
        raise InputError(
            f"{source.name}: the footer says {source.n_rows} rows, {table.num_rows} can be read; fetch it again"
        )
    types = column_types(pa.int8())
    as_codes = {name: pa.dictionary(pa.int32(), pa.string()) for name in (TASK, KIND)}
    return normalise(table, types | as_codes)


def _codes(table: Any, name: str, sources: Sequence[Source]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The words of a column in alphabetical order, and for each row the position of its word."""
    column = table.column(name)
    _check_no_null(column, name, sources)
    codes = whole(column)
    words: list[str] = codes.dictionary.to_pylist()
    indices: NDArray[np.int32] = numbers(codes.indices)
    used = np.bincount(indices, minlength=len(words)) > 0
    ordered = sorted(word for word, is_used in zip(words, used, strict=True) if is_used)
    places = {word: place for place, word in enumerate(ordered)}
    return tuple(ordered), np.array([places.get(word, -1) for word in words], dtype=np.int32)[indices]


def _rounds(table: Any, sources: Sequence[Source]) -> NDArray[np.int64]:
    column = table.column(ROUND)
    _check_no_null(column, ROUND, sources)
    rounds: NDArray[np.int64] = numbers(whole(column)).astype(np.int64)
    if len(rounds) and rounds.min() < 0:
        row = int(np.argmin(rounds))
        raise InputError(f"{row_name(sources, row)}, column {ROUND}: {rounds[row]}; a round counts from 0")
    return rounds


def _check_no_null(column: Any, name: str, sources: Sequence[Source]) -> None:
    known = valid(whole(column))
    if known is not None:
        row = int(np.argmin(known))
        raise InputError(f"{row_name(sources, row)}, column {name}: null; every row needs its key, take this row out")


def _kinds(table: Any, sources: Sequence[Source]) -> NDArray[np.int8]:
    words, kind = _codes(table, KIND, sources)
    wrong = [place for place, word in enumerate(words) if word not in KINDS]
    if wrong:
        row = int(np.argmax(kind == wrong[0]))
        raise InputError(f"{row_name(sources, row)}, column {KIND}: {words[wrong[0]]!r}; it is {' or '.join(KINDS)}")
    return np.array([KINDS.index(word) for word in words], dtype=np.int8)[kind]


def _check_unique(keys: KeyColumns, sources: Sequence[Source]) -> None:
    if is_ascending(keys):
        return
    numbers = _numbers(keys)
    order = np.argsort(numbers, kind="stable")
    same = np.flatnonzero(np.diff(numbers[order]) == 0)
    if len(same):
        first, second = int(order[same[0]]), int(order[same[0] + 1])
        raise InputError(
            f"{row_name(sources, second)}, columns {', '.join(KEY_COLUMNS)}: {keys[first]} stands in row {first} too "
            f"({len(same)} such rows); keys must be unique: label the raw file again"
        )


def row_name(sources: Sequence[Source], row: int) -> str:
    """`file, row n`: the file that holds the row and its ordinal there."""
    for source in sources:
        if row < source.n_rows:
            return f"{source.name}, row {row}"
        row -= source.n_rows
    return f"row {row}"


def ordinals(groups: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each position, how many before it are of the same group, (n,)."""
    order = np.argsort(groups, kind="stable")
    grouped = groups[order]
    starts = np.flatnonzero(np.concatenate([[True], grouped[1:] != grouped[:-1]])) if len(groups) else np.zeros(0, int)
    sizes = np.diff(np.append(starts, len(groups)))
    result = np.empty(len(groups), dtype=np.int32)
    result[order] = np.arange(len(groups), dtype=np.int32) - np.repeat(starts, sizes).astype(np.int32)
    return result


def _numbers(keys: KeyColumns) -> NDArray[np.int64]:
    """One number a key, ascending in the order of work: by round, then task, then data type."""
    tasks, kinds = max(1, len(keys.tasks)), max(1, len(keys.kinds))
    return (keys.round_index.astype(np.int64) * tasks + keys.task) * kinds + keys.kind


def _chunks(keys: KeyColumns) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    """The numbers of so many keys at a time: for five million, whole arrays of them would take 160 MB."""
    for start in range(0, len(keys), _CHUNK_ROWS):
        part = slice(start, min(start + _CHUNK_ROWS, len(keys)))
        yield part, _numbers(keys.part(part))


def is_ascending(keys: KeyColumns) -> bool:
    """Whether the rows stand in the order of work, each key once."""
    last = -1
    for _, values in _chunks(keys):
        if values[0] <= last or not bool((values[1:] > values[:-1]).all()):
            return False
        last = int(values[-1])
    return True


def work_order(keys: KeyColumns) -> NDArray[np.intp] | None:
    """Row ordinals in the order of work; None where the rows stand in it already."""
    return None if is_ascending(keys) else np.argsort(_numbers(keys), kind="stable")


def keys_hash(keys: KeyColumns, order: NDArray[np.intp] | None) -> str:
    """SHA-256 over the keys in the order of work: the same for a raw file and what `label` makes of it."""
    digest = hashlib.sha256()
    for words in (keys.tasks, keys.kinds):
        digest.update("\0".join(words).encode() + b"\n")
    for _, values in _chunks(keys if order is None else keys.take(order)):
        digest.update(values.data)
    return digest.hexdigest()


def rows_among(keys: KeyColumns, done: KeyColumns) -> NDArray[np.bool_]:
    """Which rows have a key that is among `done`, (n,): by a bit for every key that there could be.

    Where rounds are so high that the bits would take much room, by sorting.
    """
    n_rounds = int(keys.round_index.max()) + 1 if len(keys) else 0
    size = n_rounds * len(keys.tasks) * len(keys.kinds)
    if size > _TABLE_MAX:
        return keys.is_in(done)
    task, kind = done.spelled(keys.tasks, keys.kinds)
    known = np.flatnonzero((task >= 0) & (kind >= 0) & (done.round_index >= 0) & (done.round_index < n_rounds))
    table = np.zeros(size, dtype=np.bool_)
    table[_numbers(KeyColumns(keys.tasks, keys.kinds, task[known], done.round_index[known], kind[known]))] = True
    result = np.empty(len(keys), dtype=np.bool_)
    for part, values in _chunks(keys):
        result[part] = table[values]
    return result
