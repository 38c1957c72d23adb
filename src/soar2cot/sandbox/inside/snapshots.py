"""Values of a program as JSON text, the common ones quickly."""

# Any value of a foreign program passes through here, and its type is only known by looking:
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import sys
from collections import deque
from json import JSONEncoder
from typing import Any

MAX_TEXT = 200
MAX_ITEMS = 1_000
MAX_DEPTH = 4
INT_LIMIT = 1 << 53
FIXED = frozenset((int, str, bool, float, type(None)))
_INT = {int}
# lone surrogates stay as they are, for the tracer to replace when it encodes all
dumps = JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def text_of(value: Any) -> str:
    """The value as JSON; what has no such form is named by its type."""
    kind = type(value)
    if kind is int and -INT_LIMIT < value < INT_LIMIT:
        return str(value)
    if kind is list and len(value) <= MAX_ITEMS and (text := _small_integers(value)) is not None:
        return text
    try:
        return dumps(snapshot(value))
    except Exception:  # noqa: BLE001 - looking runs the program's own code
        return dumps({"other": kind.__name__})


def texts_of_rows(grid: list[Any], old_texts: list[str], old_rows: list[Any]) -> tuple[list[str], list[Any]]:
    """A text for each row, taken over where the row is as before, and copies of the rows.

    Returns: two empty lists where the grid is too large.
    """
    if len(grid) > MAX_ITEMS or sum(len(row) for row in grid if type(row) is list) > 10 * MAX_ITEMS:
        return [], []
    texts: list[str] = []
    copies: list[Any] = []
    n_old = min(len(old_texts), len(old_rows))
    for index, row in enumerate(grid):
        if index < n_old and type(row) is list and row == old_rows[index]:
            texts.append(old_texts[index])
        else:
            texts.append(text_of(row))
        copies.append(list(row) if type(row) is list else row)
    return texts, copies


def _small_integers(row: list[Any]) -> str | None:
    """A list of integers 0 to 255 as text: Python's own is JSON. None for anything else."""
    if row and set(map(type, row)) != _INT:
        return None
    try:
        bytes(row)
    except ValueError:
        return None
    return str(row)


def snapshot(value: Any, depth: int = 0) -> Any:
    """The value as JSON-able data."""
    kind = type(value)
    if kind is int:
        return value if -INT_LIMIT < value < INT_LIMIT else {"other": "int"}
    if kind is bool or value is None:
        return value
    if kind is float:
        return value if value - value == 0 else {"other": "float"}
    if kind is str:
        return value[:MAX_TEXT]
    if depth >= MAX_DEPTH:
        return {"other": kind.__name__}
    return _container(value, kind, depth + 1)


def _container(value: Any, kind: type[Any], depth: int) -> Any:
    if issubclass(kind, (list, tuple, deque)) and len(value) <= MAX_ITEMS:
        return [snapshot(item, depth) for item in value]
    if issubclass(kind, (set, frozenset)) and len(value) <= MAX_ITEMS:
        return {"set": _in_order(value, depth)}
    if issubclass(kind, dict) and len(value) <= MAX_ITEMS:
        return {"dict": [[snapshot(key, depth), snapshot(item, depth)] for key, item in value.items()]}
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and issubclass(kind, numpy.generic):
        return snapshot(value.item(), depth)
    if numpy is not None and kind is numpy.ndarray and value.size <= MAX_ITEMS:
        return snapshot(value.tolist(), depth - 1)
    return {"other": kind.__name__}


def _in_order(items: Any, depth: int) -> list[Any]:
    try:
        return [snapshot(item, depth) for item in sorted(items)]
    except TypeError:
        return [snapshot(item, depth) for item in items]
