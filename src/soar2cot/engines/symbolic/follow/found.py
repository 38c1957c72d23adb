"""What a method found, in words: values as they stand in a chain of thought."""

# Values here are of any type by nature (what a method computes).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from soar2cot.challenge import N_COLOURS
from soar2cot.engines.symbolic.follow.grids import as_grid
from soar2cot.engines.symbolic.language.colours import COLOURS
from soar2cot.engines.symbolic.language.names import is_pair, noun_of, variable
from soar2cot.engines.symbolic.language.node import Node, walk
from soar2cot.records import Grid

MOST = 8  # entries of a list that are told one by one
_COLOURED = frozenset(("colour", "background"))
_GRIDS = frozenset(("input", "result", "picture", "array"))
_SEQUENCES = (list, tuple, deque)
_SETS = (set, frozenset)


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that a method names: its name in the text, and how a follower's variables hold it."""

    name: str

    def told(self, values: Mapping[str, Any]) -> str | None:
        """`is 7`, `is row 1, column 4`, `has 12 entries`: its value in words, None where there are none.

        Args: values: the follower's variables.
        """
        label = variable(self.name)
        if is_pair(self.name):
            return _place(noun_of(self.name), values.get(f"{label}_r"), values.get(f"{label}_c"))
        return _told(noun_of(self.name), values.get(label))


def quantities(statements: Iterable[Node], without: Iterable[str]) -> tuple[Quantity, ...]:
    """What statements at the top bind, but for variables that are told otherwise."""
    others = set(without)
    names = dict.fromkeys(name for statement in statements if statement.op == "let" for name in bound(statement))
    return tuple(Quantity(name) for name in names if variable(name) not in others)


def bound(statement: Node) -> list[str]:
    """The names that a `let` binds."""
    return [str(part.args[0]) for part in walk(statement[0]) if part.op in ("name", "pair")]


def _place(noun: str, row: Any, column: Any) -> str | None:
    row, column = _whole(row), _whole(column)
    if row is None or column is None:
        return None
    return f"is row {row}, column {column}" if noun == "cell" else f"is {row} down, {column} across"


def _told(noun: str, value: Any) -> str | None:
    if isinstance(value, (bool, np.bool_)):
        return "is true" if value else "is false"
    whole = _whole(value)
    if whole is not None:
        return f"is {_colour(whole)}" if noun in _COLOURED and 0 <= whole < N_COLOURS else f"is {whole}"
    if isinstance(value, dict):
        return _table(value)
    if isinstance(value, np.ndarray):
        return _array(value, noun)
    if noun in _GRIDS:
        return _sized(as_grid(value))
    if isinstance(value, _SETS):
        return _entries(value, "has")
    return _entries(value, "is") if isinstance(value, _SEQUENCES) else None


def _whole(value: Any) -> int | None:
    plain = value.__class__ is int or (isinstance(value, (int, np.integer)) and not isinstance(value, bool))
    return int(value) if plain else None


def _colour(number: int) -> str:
    return f"{COLOURS[number]} ({number})"


def _entries(value: Any, verb: str) -> str:
    """The entries of a list or set, those of a long one counted; a list of lists by how long these are."""
    if not len(value):
        return "is empty"
    if len(value) > MOST:
        return f"has {_counted(len(value))}"
    said = [_entry(item) for item in (value if verb == "is" else _in_order(value))]
    if None not in said:
        listed = ", ".join(map(str, said))
        return f"is [{listed}]" if verb == "is" else f"has {listed}"
    if len(value) > 1 and all(isinstance(item, (*_SEQUENCES, *_SETS)) for item in value):
        return f"has {len(value)} entries, of {', '.join(str(len(item)) for item in value)}"
    return f"has {_counted(len(value))}"


def _entry(item: Any) -> str | None:
    """A number, or a group of at most four; nothing longer."""
    whole = _whole(item)
    if whole is not None:
        return str(whole)
    if isinstance(item, tuple) and 1 <= len(item) <= 4:
        parts = [_whole(part) for part in item]
        return f"<{', '.join(map(str, parts))}>" if None not in parts else None
    return None


def _in_order(value: Iterable[Any]) -> list[Any]:
    try:
        return sorted(value)
    except TypeError:  # what cannot be compared
        return list(value)


def _table(value: Mapping[Any, Any]) -> str:
    if not value:
        return "is empty"
    if len(value) <= MOST:
        said = [(_entry(key), _held(held)) for key, held in value.items()]
        if all(None not in pair for pair in said):
            return f"has {', '.join(f'{held} for {key}' for key, held in said)}"
    return f"has {_counted(len(value))}"


def _held(item: Any) -> str | None:
    """What a table holds for a key; how long it is, if it is a list."""
    return _counted(len(item)) if isinstance(item, (list, deque, *_SETS)) else _entry(item)


def _counted(n: int) -> str:
    return f"{n} {'entry' if n == 1 else 'entries'}"


def _array(value: np.ndarray[Any, Any], noun: str) -> str | None:
    if value.dtype == bool:
        return f"is true at {int(value.sum())} of {value.size} places"
    if value.dtype.kind not in "iu":
        return None
    if value.ndim == 1:
        return _entries(value.tolist(), "is")
    if value.ndim == 2 and noun not in _GRIDS and value.shape[1] <= 3:
        return _entries([tuple(row) for row in value.tolist()], "is")  # places, one a row
    return _sized(as_grid(value)) if noun in _GRIDS else None


def _sized(grid: Grid | None) -> str | None:
    return None if grid is None else f"has {len(grid)} rows by {len(grid[0])} columns"
