# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Which rows are taken: one filter after the other, each counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soar2cot.arrow import numbers
from soar2cot.config import Selection
from soar2cot.errors import ConfigError
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.arc import load_arc_tasks
from soar2cot.soar_loader.arrays import whole
from soar2cot.soar_loader.index import ordinals
from soar2cot.soar_loader.reader import RowReader
from soar2cot.soar_loader.schema import GENERATION, MODEL, UNKNOWN_GENERATION

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows that are left, and how many each filter took, in the order in which they were applied.

    Shapes: mask: (n,), by row ordinal.
    """

    mask: Mask
    counts: Mapping[str, int]

    @property
    def n_rows(self) -> int:
        """How many rows are left."""
        return int(self.mask.sum())


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
) -> Selected:
    """Applies the filters: first those that need only keys, then those that read programs and grids.

    `per_task` and `limit` come last and count in the order of work, whatever is completed: the same selection is
    the same rows in every run.

    Raises: ConfigError: `where` is no condition on the columns.
    """
    state = Selecting(reader, keys, order)
    _by_key(state, select)
    _by_origin(state, select)
    _by_content(state, select, arc)
    if select.per_task is not None:
        rows = state.in_order()
        state.keep("per_task", state.only(rows[ordinals(keys.task[rows]) < select.per_task]))
    if select.limit is not None:
        state.keep("limit", state.only(state.in_order()[: select.limit]))
    return Selected(state.mask, state.counts)


def _by_key(state: Selecting, select: Selection) -> None:
    keys = state.keys
    if select.rounds is not None:
        first, stop = select.rounds
        rounds = keys.round_index
        state.keep("rounds", (rounds >= first) & (rounds < stop if stop is not None else True))
    if select.task_ids:
        _check_task_ids(select.task_ids, keys)
        state.keep("task_ids", np.isin(np.array(keys.tasks), select.task_ids)[keys.task])
    if select.data_type is not None:
        state.keep("data_type", np.isin(np.array(keys.kinds), [select.data_type])[keys.kind])


def _check_task_ids(task_ids: tuple[str, ...], keys: KeyColumns) -> None:
    unknown = [task_id for task_id in task_ids if task_id not in keys.tasks]
    if unknown:
        raise ConfigError(
            f"--task-id {', '.join(unknown)}: no row of the data has it; there are {len(keys.tasks)} tasks, "
            f"from {keys.tasks[0]} to {keys.tasks[-1]}"
            if keys.tasks
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


def _by_content(state: Selecting, select: Selection, arc: Path | None) -> None:
    """The filters that read programs and grids; their libraries are loaded only here."""
    if select.where is not None:
        from soar2cot.soar_loader.where import matching

        state.keep("where", matching(state.reader, state.keys, state.mask, select.where))
    if select.drop_trivial:
        from soar2cot.soar_loader.trivial import not_trivial

        state.keep("drop_trivial", not_trivial(state.reader, state.keys, state.mask, load_arc_tasks(arc)))
    if select.deduplicate:
        from soar2cot.soar_loader.duplicates import first_of_each

        state.keep("deduplicate", first_of_each(state.reader, state.keys, state.in_order()))
