"""Values of a program as JSON text, the common ones quickly."""

# Any value of a foreign program passes through here, and its type is only known by looking:
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import marshal
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from itertools import chain
from json import JSONEncoder
from operator import ne
from typing import Any

MAX_TEXT = 200
MAX_ITEMS = 1_000
MAX_DEPTH = 4
MAX_SHADOWS = 64  # containers that are remembered: those of a few frames
INT_LIMIT = 1 << 53
FIXED = frozenset((int, str, bool, float, type(None)))
_INT, _TUPLE = {int}, {tuple}
_MARSHAL_WITHOUT_REFERENCES = 2  # later versions write how often an object is used, too
_PLAIN_FORMS: dict[type[Any], Any] = {deque: list, defaultdict: dict, Counter: dict, OrderedDict: dict}
_NUMPY_INTEGERS = frozenset(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"))
_PLAIN_MEMBERS = FIXED | {tuple}
_ORDERED = frozenset((list, tuple, deque))
_SEQUENCES = _ORDERED | {set, frozenset}
_NOTHING = object()
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
    if kind.__module__ == "numpy" and (text := _numpy_text(value, kind)) is not None:
        return text
    try:
        return _written(value, kind) or dumps(snapshot(value))
    except Exception:  # noqa: BLE001 - looking runs the program's own code
        return dumps({"other": kind.__name__})


class Looks:
    """The containers that were looked at last, as they were then, whatever the variables that hold them.

    A list that is handed down through a hundred calls is compared in each of them, and written once.
    """

    def __init__(self) -> None:
        self._shadows: dict[int, Shadow] = {}

    def text_of(self, value: Any) -> str:
        """The value's text as it is now."""
        kind = type(value)
        if kind in FIXED or (kind is tuple and len(value) == 2 and type(value[0]) is int and type(value[1]) is int):
            return text_of(value)
        shadow = self._shadows.get(id(value))
        if shadow is None or shadow.value is not value:
            shadow = _shadow(value, kind)
            if shadow is None:
                return text_of(value)
            if len(self._shadows) >= MAX_SHADOWS:
                del self._shadows[next(iter(self._shadows))]
            self._shadows[id(value)] = shadow
        return shadow.text_now()


def _shadow(value: Any, kind: type[Any]) -> Shadow | None:
    """What remembers a container of this kind; None where there is nothing to remember."""
    if kind is list:
        return _List(value)
    if kind.__module__ == "numpy":
        return _Array(value) if kind.__name__ == "ndarray" and value.ndim > 0 else None
    if issubclass(kind, (set, frozenset)):
        return _Set(value)
    return _Other(value) if issubclass(kind, (tuple, dict, list, deque)) else None


class Shadow:
    """A container as it was when last looked at. It is kept alive, so that its address stays its own."""

    __slots__ = ("_text", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self._text = ""

    def text_now(self) -> str:
        """The text of what it is now; the same string where nothing changed."""
        raise NotImplementedError


class _Other(Shadow):
    """A dictionary, a tuple, a queue: its bytes, as Python's own `marshal` writes them, tell a change.

    They tell it only of what consists of Python's plain types; anything else is written anew at every look.
    """

    __slots__ = ("_mark",)

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self._mark: bytes | None = None

    def text_now(self) -> str:
        mark = _mark(self.value)
        if mark is None or mark != self._mark:
            self._text = text_of(self.value)
            self._mark = mark if mark is not None and _is_whole(mark, self.value) else None
        return self._text


class _Set(Shadow):
    """A set: what is in it cannot change, so that a copy tells all."""

    __slots__ = ("_copy",)

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self._copy: frozenset[Any] | None = None

    def text_now(self) -> str:
        if self._copy is None or not _is_equal(self.value, self._copy):
            self._text = text_of(self.value)
            is_plain = _PLAIN_MEMBERS.issuperset(map(type, self.value))
            self._copy = frozenset(self.value) if is_plain else None
        return self._text


class _List(Shadow):
    """A list, item by item: what is still the same is not written anew.

    Lists that grow by an item, and grids of which a cell changes, are what programs are made of.
    """

    __slots__ = ("_copies", "_mark", "_plain", "_texts")

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self._copies: list[Any] = []
        self._texts: list[str] = []
        self._text = "[]"
        self._plain = True
        self._mark: bytes | None = None

    def text_now(self) -> str:
        return self.text_as(self.value)

    def text_as(self, value: list[Any]) -> str:
        """The text of this list, or of the lists that the array consists of now."""
        if len(value) > MAX_ITEMS:
            return _OTHER_LIST
        if self._plain:
            n_same = self._same_so_far(value)
            if n_same != len(value) or n_same != len(self._texts):
                self._write(value, n_same)
        else:
            mark = _mark(value)
            if mark is None or mark != self._mark:
                self._write(value, 0)
                self._mark = mark if mark is not None and _is_whole(mark, value) else None
        return self._text

    def _same_so_far(self, value: list[Any]) -> int:
        """How many items at the start are as before: all of the old ones where the list only grew."""
        n_old = len(self._copies)
        return n_old if len(value) >= n_old and _is_equal(value[:n_old], self._copies) else 0

    def _write(self, value: list[Any], n_same: int) -> None:
        """Writes the items from `n_same` on, but for those that are as before."""
        places = range(n_same, len(value))
        if not n_same and self._plain and len(value) == len(self._copies):
            places = _differing(value, self._copies)
        copies, texts = self._copies[: len(value)], self._texts[: len(value)]
        missing = len(value) - len(copies)
        copies += [_NOTHING] * missing
        texts += [""] * missing
        fresh = [place for place in places if not _is_same(value[place], copies[place], plain=self._plain)]
        for place in fresh:
            copies[place] = _copy(value[place])
            texts[place] = text_of(value[place])
        self._plain = all(_is_plain(copies[place]) for place in fresh) if self._plain else all(map(_is_plain, copies))
        self._copies, self._texts, self._mark = copies, texts, None
        self._text = f"[{','.join(texts)}]"


class _Array(_List):
    """A numpy array: its bytes tell a change, its rows are a list's."""

    __slots__ = ("_bytes",)

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self._bytes: _ArrayCopy | None = None

    def text_now(self) -> str:
        array = self.value
        if array.size > 10 * MAX_ITEMS or array.dtype.hasobject:
            return _OTHER_ARRAY
        now = _array_copy(array)
        if now != self._bytes:
            self.text_as(array.tolist())
            self._bytes = now
        return self._text if len(array) <= MAX_ITEMS else _OTHER_LIST


class _ArrayCopy(tuple[Any, ...]):
    """Shape, type and bytes of an array, told apart from a program's own tuple."""

    __slots__ = ()


def _mark(value: Any) -> bytes | None:
    """The value as bytes in which no address stands; None where `marshal` does not know a type in it."""
    form = _PLAIN_FORMS.get(type(value))
    try:
        return marshal.dumps(form(value) if form else value, _MARSHAL_WITHOUT_REFERENCES)
    except Exception:  # noqa: BLE001 - looking runs the program's own code
        return None


def _is_whole(mark: bytes, value: Any) -> bool:
    """Whether the bytes say all: of an array, `marshal` keeps neither shape nor type."""
    form = _PLAIN_FORMS.get(type(value))
    return _is_equal(marshal.loads(mark), form(value) if form else value)


def _differing(value: list[Any], old: list[Any]) -> Any:
    """The places at which two lists of one length differ."""
    try:
        return [place for place, differs in enumerate(map(ne, value, old)) if differs]
    except Exception:  # noqa: BLE001 - comparing runs the program's own code
        return range(len(value))


def _copy(item: Any) -> Any:
    """What an item of a list is compared with later: rows and small arrays may change in place."""
    kind = type(item)
    if kind is list:
        return item[:]
    return _array_copy(item) if _is_array(kind) and not item.dtype.hasobject else item


def _is_array(kind: type[Any]) -> bool:
    return kind.__name__ == "ndarray" and kind.__module__ == "numpy"


def _array_copy(array: Any) -> _ArrayCopy:
    return _ArrayCopy((array.shape, array.dtype.char, array.tobytes()))


def _is_same(item: Any, old: Any, *, plain: bool) -> bool:
    """Whether an item is as before. `plain`: the old one was; otherwise only rows of integers and arrays can be."""
    kind = type(item)
    if kind is list:
        is_row = type(old) is list and len(item) == len(old) and (plain or set(map(type, item)) <= _INT)
        return is_row and _is_equal(item, old)
    return type(old) is _ArrayCopy and _is_array(kind) and _array_copy(item) == old


def _is_equal(value: Any, old: Any) -> bool:
    try:
        return bool(value == old)
    except Exception:  # noqa: BLE001 - comparing runs the program's own code
        return False


def _is_plain(item: Any) -> bool:
    """Whether equality with a copy says that nothing in it changed."""
    return type(item) in FIXED or (type(item) in (tuple, list) and FIXED.issuperset(map(type, item)))


def _written(value: Any, kind: type[Any]) -> str | None:
    """Points and sets of points as Python itself writes them, which is JSON but for its brackets; None for others."""
    if kind not in _SEQUENCES or not 0 < len(value) <= MAX_ITEMS:
        return None
    items = list(value)
    if not _all_small(items):
        return None
    if kind not in _ORDERED:
        items.sort()
    text = str(items).replace("(", "[").replace(",)", "]").replace(")", "]")
    return text if kind in _ORDERED else f'{{"set":{text}}}'


def _numpy_text(value: Any, kind: type[Any]) -> str | None:
    """A numpy integer, or a row of them, as text. None for anything else."""
    if kind.__name__ in _NUMPY_INTEGERS:
        return text_of(value.item())
    is_row = kind.__name__ == "ndarray" and value.ndim == 1 and len(value) <= MAX_ITEMS
    return _small_integers(value.tolist()) if is_row else None


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
        if depth < MAX_DEPTH and _all_small(value):
            return list(value)
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
        ordered = sorted(items)
        return ordered if depth < MAX_DEPTH and _all_small(ordered) else [snapshot(item, depth) for item in ordered]
    except TypeError:
        return [snapshot(item, depth) for item in items]


def _all_small(items: Any) -> bool:
    """Whether these are all integers, or all tuples of integers, that JSON holds as they are."""
    kinds = set(map(type, items))
    if kinds == _TUPLE:
        items = list(chain.from_iterable(items))
        kinds = set(map(type, items))
    return kinds == _INT and min(items) > -INT_LIMIT and max(items) < INT_LIMIT
