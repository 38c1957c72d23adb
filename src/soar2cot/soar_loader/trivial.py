# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Rows from which nothing can be learnt: the program changes nothing, or always says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from soar2cot.key_columns import KeyColumns
from soar2cot.records import Grid
from soar2cot.soar_loader.arc import ArcTask
from soar2cot.soar_loader.decode import clean_rows, grids_of
from soar2cot.soar_loader.reader import SAMPLE_COLUMNS, RowReader
from soar2cot.soar_loader.scan import OnRows, scan
from soar2cot.soar_loader.schema import GRIDS


def not_trivial(
    reader: RowReader, keys: KeyColumns, mask: NDArray[np.bool_], tasks: Mapping[str, ArcTask], *, on_rows: OnRows
) -> NDArray[np.bool_]:
    """Which rows are worth following; one that cannot be used, or of an unknown task, is kept for its own error."""
    result = mask.copy()
    inputs = [_inputs(tasks.get(task_id)) for task_id in keys.tasks]
    for rows, piece in scan(reader, mask, SAMPLE_COLUMNS, on_rows=on_rows):
        clean = np.flatnonzero(clean_rows(piece))
        outputs = zip(*(grids_of(piece.column(name).take(clean)) for name in GRIDS.values()), strict=True)
        for row, (train, test) in zip(rows[clean].tolist(), outputs, strict=True):
            result[row] = not is_trivial((*train, *test), inputs[keys.task[row]])
    return result


def is_trivial(outputs: Sequence[Grid], inputs: Sequence[Grid] | None) -> bool:
    """Every output is its input; or all (two or more) are one grid; or there is but one colour in all of them."""
    if len(outputs) > 1 and all(output == outputs[0] for output in outputs):
        return True
    if inputs is not None and list(outputs) == list(inputs):
        return True
    colour = outputs[0][0][0]
    return all(cell == colour for output in outputs for row in output for cell in row)


def _inputs(task: ArcTask | None) -> list[Grid] | None:
    return None if task is None else [pair.input for pair in (*task.train, *task.test)]
