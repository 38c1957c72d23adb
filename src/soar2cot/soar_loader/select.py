# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Which rows are taken: one filter after the other, each counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soar2cot.arrow import numbers
from soar2cot.config import Selection
from soar2cot.errors import ConfigError
from soar2cot.key_columns import KeyColumns
from soar2cot.keyset import KeySet
from soar2cot.soar_loader.arc import load_arc_tasks
from soar2cot.soar_loader.arrays import whole
from soar2cot.soar_loader.index import ordinals, rows_among
from soar2cot.soar_loader.reader import RowReader
from soar2cot.soar_loader.schema import GENERATION, MODEL, UNKNOWN_GENERATION

Mask = NDArray[np.bool_]
OnProgress: TypeAlias = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows that are left, and how many each filter took, in the order in which they were applied.

    `passed`: the rows before `per_task` and `limit`, where finding them took a look at more than keys.

    Shapes: mask, passed: (n,), by row ordinal.
    """

    mask: Mask
    counts: Mapping[str, int]
    passed: Mask | None = None

    @property
    def n_rows(self) -> int:
        """How many rows are left."""
        return int(self.mask.sum())


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a selection from earlier runs.

    `passed`: the keys of all rows that fulfil it, `per_task` and `limit` aside: nothing has to be looked at again.
    `gone`: keys of rows that `compact` took out of the data: they were taken, and count for `per_task` and `limit`.
    """

    passed: KeySet | None = None
    gone: KeyColumns = field(default_factory=KeyColumns.empty)


@dataclass
class Selecting:
    """The rows of one data set while they are being selected. `order`: row ordinals in the order of work, or None."""

    reader: RowReader
    keys: KeyColumns
    order: NDArray[np.intp] | None
    mask: Mask = field(init=False)
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        self.mask = np.ones(len(self.keys), dtype=np.bool_)

    def keep(self, name: str, kept: Mask) -> None:
        """Takes away what is not in `kept`, and notes how much that was."""
        before = int(self.mask.sum())
        self.mask &= kept
        self.counts[name] = before - int(self.mask.sum())

    def in_order(self) -> NDArray[np.intp]:
        """The rows that are left, in the order of work."""
        return np.flatnonzero(self.mask) if self.order is None else self.order[self.mask[self.order]]

    def only(self, rows: NDArray[np.intp]) -> Mask:
        """A mask of these rows."""
        mask = np.zeros(len(self.keys), dtype=np.bool_)
        mask[rows] = True
        return mask


def select_rows(
    reader: RowReader,
    keys: KeyColumns,
    order: NDArray[np.intp] | None,
    select: Selection,
    *,
    arc: Path | None = None,
    known: Known | None = None,
    on_progress: OnProgress = lambda *_: None,
) -> Selected:
    """Applies the filters: first those that need only keys, then those that read programs and grids.

    `per_task` and `limit` come last and count in the order of work, whatever is completed: the same selection is
    the same rows in every run.

    Args:   on_progress: (filter, rows that it looked at, of how many); what it raises ends the selecting.
    Raises: ConfigError: `where` is no condition on the columns.
    """
    state, known = Selecting(reader, keys, order), known or Known()
    _by_key(state, select, known.gone)
    passed = None
    if looks_into_rows(select):
        if known.passed is None:
            _by_origin(state, select)
            _by_content(state, select, arc, on_progress)
        else:
            state.keep("as before", rows_among(keys, known.passed))
        passed = state.mask.copy()
    _by_count(state, select, _taken_out(known, keys, select))
    return Selected(state.mask, state.counts, passed)


def looks_into_rows(select: Selection) -> bool:
    """Whether more than the keys has to be read."""
    return bool(select.models or select.generations or select.where or select.drop_trivial or select.deduplicate)


def _taken_out(known: Known, keys: KeyColumns, select: Selection) -> KeyColumns:
    """The rows of this selection that `compact` took out, in the order of work."""
    if not len(known.gone):
        return known.gone
    tasks = tuple(sorted({*known.gone.tasks, *keys.tasks}))
    task, kind = known.gone.spelled(tasks, keys.kinds)
    gone = KeyColumns(tasks, keys.kinds, task, known.gone.round_index, kind)
    gone = gone.take(np.argsort(gone.numbers(), kind="stable"))
    gone = gone.take(_of_these_keys(gone, select))
    return gone if known.passed is None else gone.take(rows_among(gone, known.passed))


def _by_count(state: Selecting, select: Selection, gone: KeyColumns) -> None:
    """At most so many of each task, and at all; those that are gone count in their places."""
    if select.per_task is None and select.limit is None:
        return
    rows = state.in_order()
    keys = state.keys.take(rows)
    is_row = np.ones(len(rows), dtype=np.bool_)
    task = keys.task
    if len(gone):
        task, kind = keys.spelled(gone.tasks, gone.kinds)
        mine = KeyColumns(gone.tasks, gone.kinds, task, keys.round_index, kind)
        order = np.argsort(np.concatenate([mine.numbers(), gone.numbers()]), kind="stable")
        is_row, task = order < len(rows), np.concatenate([task, gone.task])[order]
    kept = np.ones(len(task), dtype=np.bool_)
    if select.per_task is not None:
        kept = ordinals(task) < select.per_task
        state.keep("per_task", state.only(rows[kept[is_row]]))
    if select.limit is not None:
        kept &= np.cumsum(kept) <= select.limit
        state.keep("limit", state.only(rows[kept[is_row]]))


def _by_key(state: Selecting, select: Selection, gone: KeyColumns) -> None:
    if select.task_ids:
        _check_task_ids(select.task_ids, sorted({*state.keys.tasks, *gone.tasks}))
    for name, kept in _key_filters(state.keys, select):
        state.keep(name, kept)


def _of_these_keys(keys: KeyColumns, select: Selection) -> Mask:
    mask = np.ones(len(keys), dtype=np.bool_)
    for _, kept in _key_filters(keys, select):
        mask &= kept
    return mask


def _key_filters(keys: KeyColumns, select: Selection) -> Iterator[tuple[str, Mask]]:
    if select.rounds is not None:
        first, stop = select.rounds
        if stop is not None and stop <= max(first, 0):
            raise ConfigError(f"rounds {first}:{stop} hold no round: the first must be less than the end")
        rounds = keys.round_index
        yield "rounds", (rounds >= first) & (rounds < stop if stop is not None else True)
    if select.task_ids:
        yield "task_ids", np.isin(np.array(keys.tasks), select.task_ids)[keys.task]
    if select.data_type is not None:
        yield "data_type", np.isin(np.array(keys.kinds), [select.data_type])[keys.kind]


def _check_task_ids(task_ids: tuple[str, ...], known: Sequence[str]) -> None:
    unknown = [task_id for task_id in task_ids if task_id not in known]
    if unknown:
        raise ConfigError(
            f"--task-id {', '.join(unknown)}: no row of the data has it; there are {len(known)} tasks, "
            f"from {known[0]} to {known[-1]}"
            if known
            else f"--task-id {', '.join(unknown)}: the data has no rows"
        )


def _by_origin(state: Selecting, select: Selection) -> None:
    if select.models:
        state.keep("models", np.concatenate([_is_one_of(column, select.models) for column in _all(state, MODEL)]))
    if select.generations:
        state.keep("generations", np.concatenate([_of_generation(c, select) for c in _all(state, GENERATION)]))


def _all(state: Selecting, name: str) -> list[Any]:
    """One column of all rows, a table's worth at a time."""
    reader = state.reader
    empty = [reader.empty((name,)).column(name)]
    pieces = (piece for group in range(len(reader.groups)) for piece in reader.pieces(group, (name,)))
    return empty + [piece.column(name) for piece in pieces]


def _is_one_of(column: Any, words: tuple[str, ...]) -> Mask:
    codes = column.dictionary_encode().combine_chunks()
    chunks = codes.chunks if hasattr(codes, "chunks") else [codes]
    masks = [_codes_in(chunk, words) for chunk in chunks if len(chunk)]
    return np.concatenate(masks) if masks else np.zeros(0, dtype=np.bool_)


def _codes_in(chunk: Any, words: tuple[str, ...]) -> Mask:
    wanted = np.array([word in words for word in chunk.dictionary.to_pylist()] + [False])
    return wanted[numbers(chunk.indices.fill_null(len(wanted) - 1))]


def _of_generation(column: Any, select: Selection) -> Mask:
    return np.isin(numbers(whole(column.fill_null(UNKNOWN_GENERATION))), select.generations)


def _by_content(state: Selecting, select: Selection, arc: Path | None, on_progress: OnProgress) -> None:
    """The filters that read programs and grids; their libraries are loaded only here."""
    reader, keys = state.reader, state.keys
    if select.where is not None:
        from soar2cot.soar_loader.where import matching

        state.keep("where", matching(reader, keys, state.mask, select.where, on_rows=partial(on_progress, "where")))
    if select.drop_trivial:
        from soar2cot.soar_loader.trivial import not_trivial

        looked_at = partial(on_progress, "drop_trivial")
        state.keep("drop_trivial", not_trivial(reader, keys, state.mask, load_arc_tasks(arc), on_rows=looked_at))
    if select.deduplicate:
        from soar2cot.soar_loader.duplicates import first_of_each

        state.keep(
            "deduplicate", first_of_each(reader, keys, state.in_order(), on_rows=partial(on_progress, "deduplicate"))
        )
