# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Whether two files hold the same rows: a checksum over what stands in the columns, however it is cut into pieces."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pyarrow as pa


class Checksum:
    """Takes tables one after the other; equal rows in equal order give equal `values`, whatever the row groups."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[int, ...]] = {}

    def update(self, table: Any) -> None:
        """Goes on with the rows of this table."""
        for name in table.column_names:
            for chunk in filter(len, table.column(name).chunks):
                self.values[name] = _update(chunk, self.values.get(name, ()))


def _update(array: Any, before: tuple[int, ...]) -> tuple[int, ...]:
    """One number a level: lengths and nulls of lists on each, the values on the last."""
    parts: list[bytes] = []
    plain = array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
    while pa.types.is_list(plain.type):
        lengths = plain.value_lengths().fill_null(-1)
        parts.append(lengths.to_numpy(zero_copy_only=False).astype(np.int32).tobytes())
        plain = plain.flatten()
    parts += _leaf(plain)
    known = before or (0,) * len(parts)
    return tuple(zlib.crc32(part, value) for part, value in zip(parts, known, strict=True))


def _leaf(values: Any) -> list[bytes]:
    valid = values.is_valid().to_numpy(zero_copy_only=False).tobytes()
    if pa.types.is_string(values.type):
        filled = values.fill_null("")
        offsets = np.frombuffer(filled.buffers()[1], dtype=np.int32)[filled.offset : filled.offset + len(filled) + 1]
        data = filled.buffers()[2]
        text = memoryview(data)[offsets[0] : offsets[-1]] if data is not None and len(filled) else b""
        return [valid, np.diff(offsets).tobytes(), bytes(text)]
    if pa.types.is_boolean(values.type):
        return [valid, values.fill_null(False).to_numpy(zero_copy_only=False).tobytes()]
    return [valid, values.fill_null(0).to_numpy().tobytes()]
