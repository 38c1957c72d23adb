# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Going once over columns of the rows that count, in pieces of bounded size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from soar2cot.arrow import arrow_array
from soar2cot.soar_loader.reader import RowReader

OnRows: TypeAlias = Callable[[int, int], None]  # (rows that were looked at, of how many)


def scan(
    reader: RowReader, mask: NDArray[np.bool_], columns: Sequence[str], *, on_rows: OnRows
) -> Iterator[tuple[NDArray[np.intp], Any]]:
    """(row ordinals, table) of the rows where `mask` is true; row groups without any are not read.

    Args:   on_rows: told after each piece; what it raises ends the scan.
    Raises: InputError: a row group cannot be read.
    """
    n_done, n_all = 0, int(mask.sum())
    for group in np.unique(reader.group_of(np.flatnonzero(mask))).tolist():
        start = int(reader.starts[group])
        for piece in reader.pieces(group, columns):
            inside = np.flatnonzero(mask[start : start + piece.num_rows])
            if len(inside):
                yield inside + start, piece if len(inside) == piece.num_rows else piece.take(arrow_array(inside))
                n_done += len(inside)
                on_rows(n_done, n_all)
            start += piece.num_rows
