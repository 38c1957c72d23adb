# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""What is left as one DataFrame: the published pipeline's way to load, for data that fits into memory."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import polars as pl
import structlog

from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.data import open_soar
from soar2cot.soar_loader.reader import SAMPLE_COLUMNS
from soar2cot.soar_loader.schema import KIND, RAW_COLUMNS, ROUND, TASK

log = structlog.get_logger()


class HasCompleted(Protocol):
    """What is asked of a progress tracker."""

    def get_completed_set(self) -> set[tuple[str, int, str]]:
        """All completed (task_id, round_index, data_type)."""
        ...


def load_soar_data_labeled(path: Path | str, progress_tracker: HasCompleted | None = None) -> pl.DataFrame:
    """All rows that are left, in the order of work, with `data_type` and `round_index`.

    For millions of rows use `open_soar(path).stream(...)`: this holds all of them.

    Raises: InputError: the file cannot be used; with column and row.
    """
    log.info("Loading original SOAR data", path=str(path))
    data = open_soar(path)
    completed = KeyColumns.of(progress_tracker.get_completed_set() if progress_tracker else ())
    left = data.left(completed)
    if len(completed):
        log.info("Filtered out completed samples", remaining=int(left.sum()), completed=len(completed))
    frames: list[pl.DataFrame] = []
    for rows in data.windows(left):
        window = data.reader.read(rows, SAMPLE_COLUMNS)
        for _, error in window.lost:
            raise error
        frames.append(_frame(window.table, data.keys.take(window.rows)))
    return pl.concat(frames) if frames else _frame(data.reader.empty(SAMPLE_COLUMNS), KeyColumns.empty())


def _frame(table: object, keys: KeyColumns) -> pl.DataFrame:
    frame = pl.from_arrow(table)  # pyright: ignore[reportArgumentType]
    assert isinstance(frame, pl.DataFrame)
    labels = (
        pl.Series(TASK, [keys.tasks[task] for task in keys.task.tolist()], dtype=pl.String),
        pl.Series(ROUND, keys.round_index, dtype=pl.Int64),
        pl.Series(KIND, [keys.kinds[kind] for kind in keys.kind.tolist()], dtype=pl.String),
    )
    return frame.with_columns(labels).select(*RAW_COLUMNS, ROUND, KIND)
