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
_OTHER_LIST, _OTHER_ARRAY = '{"other":"list"}', '{"other":"ndarray"}'
# lone surrogates stay as they are, for the tracer to replace when it encodes all
dumps = JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def text_of(value: Any) -> str:
    """The value as JSON; what has no such form is named by its type."""
    kind = type(value)
    if kind is int and -INT_LIMIT < value < INT_LIMIT:
        return str(value)
    if kind is list and len(value) <= MAX_ITEMS and (text := _small_integers(value)) is not None:
        return text
    if kind is tuple and len(value) == 2 and type(value[0]) is int and type(value[1]) is int:
        return f"[{text_of(value[0])},{text_of(value[1])}]"
    try:
        return dumps(snapshot(value))
    except Exception:  # noqa: BLE001 - looking runs the program's own code
        return dumps({"other": kind.__name__})


class Items:
    """A list or array as it was, item by item: what is still the same is not written anew.

    Lists that grow by an item, and grids of which a cell changes, are what programs are made of.
    """

    __slots__ = ("_bytes", "_copies", "_plain", "_text", "_texts")

    def __init__(self) -> None:
        self._copies: list[Any] = []
        self._texts: list[str] = []
        self._text = ""
        self._plain = True
        self._bytes: Any = None

    def array_text(self, array: Any) -> str:
        """The text of a numpy array."""
        if array.size > 10 * MAX_ITEMS or array.dtype.hasobject:
            return _OTHER_ARRAY
        now = (array.shape, array.dtype.char, array.tobytes())
        if now == self._bytes:
            return self._text
        text = self.list_text(array.tolist())
        self._bytes = now
        return text

    def list_text(self, value: list[Any]) -> str:
        """The text of a list."""
        self._bytes = None
        if len(value) > MAX_ITEMS:
            return _OTHER_LIST
        try:
            n_same = self._same_so_far(value)
        except Exception:  # noqa: BLE001 - comparing runs the program's own code
            n_same = 0
        if n_same != len(value) or n_same != len(self._texts):
            self._write(value, n_same)
        return self._text

    def _same_so_far(self, value: list[Any]) -> int:
        """How many items at the start are as before: all of the old ones where the list only grew."""
        n_old = len(self._copies)
        return n_old if self._plain and len(value) >= n_old and value[:n_old] == self._copies else 0

    def _write(self, value: list[Any], n_same: int) -> None:
        """Writes the items from `n_same` on, but for rows that are as before."""
        copies, texts = self._copies[:n_same], self._texts[:n_same]
        self._plain = (self._plain or not n_same) and all(map(_is_plain, value[n_same:]))
        for index in range(n_same, len(value)):
            item = value[index]
            kind = type(item)
            if kind is list and index < len(self._copies) and _is_same_row(item, self._copies[index]):
                copies.append(self._copies[index])
                texts.append(self._texts[index])
            else:
                copies.append(item[:] if kind is list else item)
                texts.append(text_of(item))
        self._copies, self._texts = copies, texts
        self._text = f"[{','.join(texts)}]"


def _is_plain(item: Any) -> bool:
    """Whether equality with a copy says that nothing in it changed."""
    return type(item) in FIXED or (type(item) in (tuple, list) and FIXED.issuperset(map(type, item)))


def _is_same_row(row: list[Any], old: Any) -> bool:
    """Whether a row of plain numbers is as before; anything less plain counts as changed."""
    return type(old) is list and len(row) == len(old) and set(map(type, row)) <= _INT and bool(row == old)


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
