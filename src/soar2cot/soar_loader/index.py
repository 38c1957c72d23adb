# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""The keys of every row of a data set, in arrays: read from a labelled file, or worked out for a raw one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from soar2cot.arrow import numbers
from soar2cot.errors import InputError
from soar2cot.key_columns import KeyColumns
from soar2cot.keyset import KeySet
from soar2cot.soar_loader.arrays import valid, whole
from soar2cot.soar_loader.key_note import noted_keys
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
_CODED = column_types(pa.int8()) | {name: pa.dictionary(pa.int32(), pa.string()) for name in (TASK, KIND)}
_CHUNK_ROWS = 1 << 18
_TABLE_MAX = 1 << 27  # 128 MB; the published data set needs 10


def read_keys(sources: Sequence[Source], *, from_notes: bool = False) -> KeyColumns:
    """The key of each row, files one after the other, rows as they stand. `tasks` is in alphabetical order.

    A raw file's `round_index` is the ordinal of the row within its task, over the files in the order of their
    names: rows that are appended get the next numbers and leave the earlier ones as they are.

    Args:   from_notes: take the keys that a file notes in its footer; whoever reads rows then compares (`has_keys`).
    Raises: InputError: a key column has a null, a data type that does not exist, or two rows have one key.
    """
    n, labelled = sum(source.n_rows for source in sources), sources[0].labelled
    words: dict[str, int] = {}
    task, rounds, kind = _joined(_pieces(sources, words, from_notes=from_notes), n, labelled=labelled)
    ordered = sorted(words)
    if ordered != list(words):
        task = np.argsort(np.array([words[word] for word in ordered], dtype=np.int32)).astype(np.int32)[task]
    keys = KeyColumns(tuple(ordered), KINDS, task, rounds if labelled else ordinals(task), kind)
    _check_unique(keys, sources)
    return keys


class _Columns(NamedTuple):
    """Keys of a stretch of rows, each (n,); `rounds` is empty in a raw file. `task`: positions in all words so far."""

    task: NDArray[np.int32]
    rounds: NDArray[np.int32] | NDArray[np.int64]
    kind: NDArray[np.int8]


def _joined(pieces: Iterator[_Columns], n: int, *, labelled: bool) -> _Columns:
    """All in one; a piece that is all of them is not copied."""
    task, kind = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int8)
    rounds = np.empty(n if labelled else 0, dtype=np.int32)
    first = 0
    for piece in pieces:
        if len(piece.task) == n:
            return piece
        part = slice(first, first + len(piece.task))
        task[part], kind[part] = piece.task, piece.kind
        if labelled:
            rounds[part] = piece.rounds
        first = part.stop
    return _Columns(task, rounds, kind)


def _pieces(sources: Sequence[Source], words: dict[str, int], *, from_notes: bool) -> Iterator[_Columns]:
    """The keys of all rows, many at a time. `words` grows."""
    first = 0
    for source in sources:
        noted = noted_keys(source) if from_notes else None
        if noted is not None:
            places = np.array([words.setdefault(task, len(words)) for task in noted.tasks], dtype=np.int32)
            is_first = bool((places == np.arange(len(places))).all())
            yield _Columns(noted.task if is_first else places[noted.task], noted.round_index, noted.kind)
            first += source.n_rows
            continue
        for table in _tables(source):
            yield _read(_Piece(table, sources, first), words, labelled=source.labelled)
            first += table.num_rows


def _read(piece: _Piece, words: dict[str, int], *, labelled: bool) -> _Columns:
    if labelled:
        return _Columns(_tasks(piece, words), _rounds(piece), _kinds(piece))
    kinds = ~is_original(piece.table.column(FLAGS["test"]))
    return _Columns(_tasks(piece, words), np.zeros(0, np.int32), kinds.astype(np.int8))


@dataclass(frozen=True, slots=True)
class _Piece:
    """Key columns of a stretch of rows; `first`: the ordinal of its first row."""

    table: Any
    sources: Sequence[Source]
    first: int

    def column(self, name: str) -> Any:
        """One array, without nulls."""
        array = whole(self.table.column(name))
        known = valid(array)
        if known is not None:
            where = self.row_name(int(np.argmin(known)))
            raise InputError(f"{where}, column {name}: null; every row needs its key, take this row out")
        return array

    def row_name(self, place: int) -> str:
        """File and row of a place in this piece."""
        return row_name(self.sources, self.first + place)


def _tables(source: Source) -> Iterator[Any]:
    """The key columns of a file, many row groups at a time; words as positions in one dictionary a table."""
    columns = KEY_COLUMNS if source.labelled else _RAW_KEY_COLUMNS
    for start, stop in _stretches(source.group_sizes):
        with reading(source.name):
            table = source.file.read_row_groups(list(range(start, stop)), columns=list(columns))
        expected = sum(source.group_sizes[start:stop])
        if table.num_rows != expected:
            raise InputError(
                f"{source.name}: the footer says {expected} rows in row groups {start} to {stop - 1}, "
                f"{table.num_rows} can be read; the file is damaged, fetch it again"
            )
        yield normalise(table, _CODED).unify_dictionaries()


def _stretches(group_sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Row groups (start, stop) that together have about `_CHUNK_ROWS` rows."""
    start, n_rows = 0, 0
    for stop, size in enumerate(group_sizes, 1):
        n_rows += size
        if n_rows >= _CHUNK_ROWS or stop == len(group_sizes):
            yield start, stop
            start, n_rows = stop, 0


def _used_words(codes: Any) -> tuple[list[str], NDArray[np.int32], list[int]]:
    """(words of the dictionary, position of each row's word, positions that occur)."""
    positions: NDArray[np.int32] = numbers(codes.indices)
    used = np.zeros(len(codes.dictionary), dtype=np.bool_)
    used[positions] = True
    return codes.dictionary.to_pylist(), positions, np.flatnonzero(used).tolist()


def _tasks(piece: _Piece, words: dict[str, int]) -> NDArray[np.int32]:
    """The number of each row's task; a task that is new gets the next one."""
    found, positions, used = _used_words(piece.column(TASK))
    codes = np.zeros(len(found), dtype=np.int32)
    for place in used:
        codes[place] = words.setdefault(found[place], len(words))
    return codes[positions]


def _kinds(piece: _Piece) -> NDArray[np.int8]:
    found, positions, used = _used_words(piece.column(KIND))
    codes = np.zeros(len(found), dtype=np.int8)
    for place in used:
        if found[place] not in KINDS:
            where = piece.row_name(int(np.argmax(positions == place)))
            raise InputError(f"{where}, column {KIND}: {found[place]!r}; it is {' or '.join(KINDS)}")
        codes[place] = KINDS.index(found[place])
    return codes[positions]


def _rounds(piece: _Piece) -> NDArray[np.int32]:
    rounds: NDArray[np.int32] = numbers(piece.column(ROUND))
    if len(rounds) and rounds.min() < 0:
        place = int(np.argmin(rounds))
        raise InputError(f"{piece.row_name(place)}, column {ROUND}: {rounds[place]}; a round counts from 0")
    return rounds


def _check_unique(keys: KeyColumns, sources: Sequence[Source]) -> None:
    if is_ascending(keys):
        return
    values = keys.numbers()
    order = np.argsort(values, kind="stable")
    same = np.flatnonzero(np.diff(values[order]) == 0)
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


def is_ascending(keys: KeyColumns) -> bool:
    """Whether the rows stand in the order of work, each key once."""
    last = -1
    for _, values in keys.numbers_in_parts():
        if values[0] <= last or not bool((values[1:] > values[:-1]).all()):
            return False
        last = int(values[-1])
    return True


def work_order(keys: KeyColumns) -> NDArray[np.intp] | None:
    """Row ordinals in the order of work; None where the rows stand in it already."""
    return None if is_ascending(keys) else np.argsort(keys.numbers(), kind="stable")


def keys_hash(keys: KeyColumns, order: NDArray[np.intp] | None) -> str:
    """SHA-256 over the keys in the order of work: the same for a raw file and what `label` makes of it."""
    digest = hashlib.sha256()
    for words in (keys.tasks, keys.kinds):
        digest.update("\0".join(words).encode() + b"\n")
    for _, values in (keys if order is None else keys.take(order)).numbers_in_parts():
        digest.update(values.data)
    return digest.hexdigest()


def has_keys(table: Any, keys: KeyColumns) -> bool:
    """Whether the rows of a labelled table have these keys, in this order."""
    words = {task: place for place, task in enumerate(keys.tasks)}
    coded = normalise(table.select(KEY_COLUMNS), _CODED).unify_dictionaries()
    found = _read(_Piece(coded, (), 0), words, labelled=True)
    pairs = ((found.task, keys.task), (found.rounds, keys.round_index), (found.kind, keys.kind))
    return all(np.array_equal(mine, theirs) for mine, theirs in pairs)


def rows_among(keys: KeyColumns, done: KeyColumns | KeySet) -> NDArray[np.bool_]:
    """Which rows have a key that is among `done`, (n,): by a bit for every key that there could be.

    Where rounds are so high that the bits would take much room, by sorting.
    """
    n_rounds = int(keys.round_index.max()) + 1 if len(keys) else 0
    size = n_rounds * len(keys.tasks) * len(keys.kinds)
    if size > _TABLE_MAX:
        return keys.is_in(done if isinstance(done, KeyColumns) else done.columns())
    table = np.zeros(size, dtype=np.bool_)
    for part in (done.part(slice(start, start + _CHUNK_ROWS)) for start in range(0, len(done), _CHUNK_ROWS)):
        task, kind = part.spelled(keys.tasks, keys.kinds)
        known = np.flatnonzero((task >= 0) & (kind >= 0) & (part.round_index >= 0) & (part.round_index < n_rounds))
        spelled = KeyColumns(keys.tasks, keys.kinds, task[known], part.round_index[known], kind[known])
        table[spelled.numbers()] = True
    result = np.empty(len(keys), dtype=np.bool_)
    for part, values in keys.numbers_in_parts():
        result[part] = table[values]
    return result
