"""From what a program returned to bytes: a grid, or the name of what is wrong with it."""

# Any value of a foreign program passes through here, and its type is only known by looking:
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from .layout import FAILED, GRID, MAX_KIND, MAX_MESSAGE, MAX_SIDE, N_COLOURS

PROGRAM_FILE = "<program>"


class NoGrid(Exception):
    """What came back is no grid."""


def encode_grid(value: Any) -> bytes:
    """Height, width, cells.

    Accepted: rows and cells in lists, tuples or numpy arrays; cells that are integers, Python's or numpy's, 0 to 9.
    Neither booleans nor floats. Anything else has a name.
    Raises: NoGrid: with the place and what stands there.
    """
    value = _as_list(value)
    if not 1 <= len(value) <= MAX_SIDE:
        raise NoGrid(f"a grid is a list of 1 to {MAX_SIDE} rows, this is {_brief(value)}")
    rows = [_encode_row(index, row) for index, row in enumerate(value)]
    width = len(rows[0])
    for index, row in enumerate(rows):
        if len(row) != width:
            raise NoGrid(f"row {index} has {len(row)} cells, the first has {width}")
    return GRID.pack(len(rows), width) + b"".join(rows)


def _encode_row(index: int, row: Any) -> bytes:
    row = _as_list(row)
    if not 1 <= len(row) <= MAX_SIDE:
        raise NoGrid(f"row {index}: a row is a list of 1 to {MAX_SIDE} colours, this is {_brief(row)}")
    if set(map(type, row)) != {int} and (strange := [cell for cell in row if not _is_integer(cell)]):
        raise NoGrid(f"row {index}: a colour is an integer, this is {_brief(strange[0])}")
    if min(row) < 0 or max(row) >= N_COLOURS:
        raise NoGrid(f"row {index}: a colour is 0 to {N_COLOURS - 1}, this row has {min(row)} to {max(row)}")
    return bytes(row)


def _as_list(value: Any) -> Any:
    """The value itself if it is a list or tuple, an array's lists; what is no sequence of this kind is refused."""
    if type(value) in (list, tuple):
        return value
    if type(value).__name__ == "ndarray" and value.ndim > 0 and value.size <= MAX_SIDE * MAX_SIDE:
        return value.tolist()
    raise NoGrid(f"a grid is a list of rows of colours, here stands {_brief(value)}")


def _is_integer(cell: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return type(cell) is int or (numpy is not None and isinstance(cell, numpy.integer))


def _brief(value: Any) -> str:
    """A short description that runs none of the value's own code."""
    name = type(value).__name__
    if type(value) in (list, tuple, dict, set):
        return f"a {name} of length {len(value)}"
    if type(value) in (int, float, bool, str, type(None)):
        text = repr(value) if not isinstance(value, (int, str)) or _is_short(value) else "…"
        return f"{name} {text}"
    return f"of type {name}"


def _is_short(value: int | str) -> bool:
    return len(value) < 40 if isinstance(value, str) else value.bit_length() < 128


def encode_failure(kind: str, message: str, line: int | None) -> bytes:
    """Kind, message and line, cut to size."""
    kind_bytes = _cut(kind, MAX_KIND)
    message_bytes = _cut(message, MAX_MESSAGE)
    return FAILED.pack(line or 0, len(kind_bytes), len(message_bytes)) + kind_bytes + message_bytes


def _cut(text: str, limit: int) -> bytes:
    return text[:limit].encode("utf-8", "replace")[:limit].decode("utf-8", "ignore").encode()


def encode_exception(error: BaseException) -> bytes:
    """How a program's own exception is reported."""
    line = error.lineno if isinstance(error, SyntaxError) else _line_of(error.__traceback__)
    return encode_failure(_kind_of(error), _message_of(error), line if isinstance(line, int) and line > 0 else None)


def _kind_of(error: BaseException) -> str:
    if isinstance(error, NoGrid):
        return "no_grid"
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, SyntaxError) and _line_of(error.__traceback__) is None:
        return "syntax"
    return type(error).__name__


def _message_of(error: BaseException) -> str:
    try:
        return str(error)[:MAX_MESSAGE]
    except BaseException:  # noqa: BLE001 - `__str__` is the program's own code
        return "(its text cannot be had)"


def _line_of(traceback: TracebackType | None) -> int | None:
    """The deepest line of the program itself."""
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == PROGRAM_FILE:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
