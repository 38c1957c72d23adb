# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Whether two files hold the same rows: a checksum over what stands in the columns, however it is cut into pieces."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pyarrow as pa

from soar2cot.arrow import numbers
from soar2cot.soar_loader.arrays import flags, offsets, valid


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
        parts += [_nulls(plain), np.diff(offsets(plain)).tobytes()]
        plain = plain.flatten()
    parts += [_nulls(plain), *_leaf(plain)]
    known = before or (0,) * len(parts)
    return tuple(zlib.crc32(part, value) for part, value in zip(parts, known, strict=True))


def _nulls(array: Any) -> bytes:
    known = valid(array)
    return np.ones(len(array), dtype=np.bool_).tobytes() if known is None else known.tobytes()


def _leaf(values: Any) -> list[bytes]:
    if pa.types.is_string(values.type):
        return _text(values.fill_null(""))
    if pa.types.is_boolean(values.type):
        return [flags(values.fill_null(False)).tobytes()]
    return [numbers(values.fill_null(0)).tobytes()]


def _text(values: Any) -> list[bytes]:
    data = values.buffers()[2]
    ends = np.frombuffer(values.buffers()[1], dtype=np.int32)[values.offset : values.offset + len(values) + 1]
    return [np.diff(ends).tobytes(), b"" if data is None else bytes(memoryview(data)[ends[0] : ends[-1]])]
