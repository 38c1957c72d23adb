# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Going once over columns of the rows that count, in pieces of bounded size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soar2cot.arrow import arrow_array
from soar2cot.soar_loader.reader import RowReader


def scan(reader: RowReader, mask: NDArray[np.bool_], columns: Sequence[str]) -> Iterator[tuple[NDArray[np.intp], Any]]:
    """(row ordinals, table) of the rows where `mask` is true; row groups without any are not read.

    Raises: InputError: a row group cannot be read.
    """
    for group in np.unique(reader.group_of(np.flatnonzero(mask))).tolist():
        start = int(reader.starts[group])
        for piece in reader.pieces(group, columns):
            inside = np.flatnonzero(mask[start : start + piece.num_rows])
            if len(inside):
                yield inside + start, piece if len(inside) == piece.num_rows else piece.take(arrow_array(inside))
            start += piece.num_rows
