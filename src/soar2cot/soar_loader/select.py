"""Which rows are taken: one filter after the other, each counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soar2cot.config import Selection
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.reader import RowReader


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows that are left, and how many each filter took, in the order in which they were applied.

    Shapes: mask: (n_rows_in_file,), by row ordinal.
    """

    mask: NDArray[np.bool_]
    counts: dict[str, int]

    @property
    def n_rows(self) -> int:
        """How many rows are left."""
        return int(self.mask.sum())


def select_rows(reader: RowReader, keys: KeyColumns, order: NDArray[np.intp] | None, select: Selection) -> Selected:
    """Applies the filters."""
    mask = np.ones(len(keys), dtype=np.bool_)
    counts: dict[str, int] = {}

    def keep(name: str, kept: NDArray[np.bool_]) -> None:
        before = int(mask.sum())
        np.logical_and(mask, kept, out=mask)
        counts[name] = before - int(mask.sum())

    if select.rounds is not None:
        first, stop = select.rounds
        keep("rounds", (keys.round_index >= first) & (keys.round_index < (np.inf if stop is None else stop)))
    if select.task_ids:
        keep("task_ids", np.isin(keys.task, [i for i, word in enumerate(keys.tasks) if word in select.task_ids]))
    if select.data_type is not None:
        keep("data_type", np.isin(keys.kind, [i for i, word in enumerate(keys.kinds) if word == select.data_type]))
    if select.limit is not None:
        rows = np.flatnonzero(mask) if order is None else order[mask[order]]
        kept = np.zeros(len(keys), dtype=np.bool_)
        kept[rows[: select.limit]] = True
        keep("limit", kept)
    return Selected(mask, counts)
