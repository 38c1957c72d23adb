# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""What Arrow's columns hold, as numpy: whole columns, lists, booleans, nulls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from soar2cot.arrow import numbers

Mask = NDArray[np.bool_]


def whole(column: Any) -> Any:
    """One array of a column in chunks; not copied where there is one chunk."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def offsets(lists: Any) -> NDArray[np.int32]:
    """Where each list begins in the items, and where the last one ends, (n + 1,)."""
    return numbers(lists.offsets)


def flags(array: Any) -> Mask:
    """The values of an array of booleans; at nulls stands whatever stands there."""
    return _bits(array.buffers()[1], array)


def valid(array: Any) -> Mask | None:
    """Which values are not null; None where all are."""
    if array.null_count == 0:
        return None
    if pa.types.is_null(array.type):
        return np.zeros(len(array), dtype=np.bool_)
    return _bits(array.buffers()[0], array)


def _bits(data: Any, array: Any) -> Mask:
    if data is None or not len(array):
        return np.zeros(len(array), dtype=np.bool_)
    first, last = array.offset // 8, (array.offset + len(array) + 7) // 8
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8)[first:last], bitorder="little")
    start = array.offset - first * 8
    return bits[start : start + len(array)].astype(np.bool_)
