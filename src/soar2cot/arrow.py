# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow ships no types)
"""Between Arrow and numpy without a copy, by the buffers themselves.

Arrow's own `to_numpy`, and `pyarrow.array` of a numpy array, import pandas where that is installed: half a second of
every start, and 40 MB.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def numbers(array: Any) -> NDArray[Any]:
    """The values of an array of numbers; at nulls stands whatever stands there."""
    data = array.buffers()[1]
    if data is None or not len(array):
        return np.zeros(0, dtype=array.type.to_pandas_dtype())
    return np.frombuffer(data, dtype=array.type.to_pandas_dtype())[array.offset : array.offset + len(array)]


def arrow_array(values: NDArray[Any]) -> Any:
    """An Arrow array of whole numbers or floats, without nulls; it keeps the numpy array alive."""
    import pyarrow as pa

    held = np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(held.dtype), len(held), [None, pa.py_buffer(held)])
