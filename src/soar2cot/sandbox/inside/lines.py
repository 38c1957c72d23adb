"""Which lines of a program can change a container: after all others, looking at containers can be saved."""

from __future__ import annotations

import opcode
from types import CodeType
from typing import Any

_CHANGING = (
    "STORE_SUBSCR",
    "DELETE_SUBSCR",
    "STORE_SLICE",
    "STORE_ATTR",
    "DELETE_ATTR",
    "YIELD",
    "SEND",
    "STORE_DEREF",
    "KW_NAMES",  # a call with keywords may be given the program's own function: `sorted(cells, key=take_one)`
    "CALL_KW",
)
_CALLS = ("CALL", "CALL_FUNCTION_EX", "CALL_METHOD", "CALL_FUNCTION")
_PURE = frozenset(
    (
        *("abs", "all", "any", "bool", "dict", "divmod", "enumerate", "float", "int", "isinstance", "len", "list"),
        *("max", "min", "print", "range", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip"),
    )
)
_CHANGES, _CALL, _GLOBAL, _BINARY, _NEXT, _YIELD = 1, 2, 3, 4, 5, 6
_INLINED = opcode.opmap.get("LOAD_FAST_AND_CLEAR")
_FIRST_IN_PLACE = 13  # among the arguments of BINARY_OP
_CO_GENERATOR = 0x20
_LAZY = frozenset(("map", "filter", "iter", "itertools"))


def _kind(name: str) -> int:
    if any(part in name for part in _CHANGING):
        return _CHANGES
    if name in _CALLS:
        return _CALL
    return {"LOAD_GLOBAL": _GLOBAL, "BINARY_OP": _BINARY, "FOR_ITER": _NEXT, "YIELD_VALUE": _YIELD}.get(name, 0)


_KINDS = {number: kind for name, number in opcode.opmap.items() if number < 256 and (kind := _kind(name))}


def changing_lines(code: CodeType, space: dict[str, Any]) -> frozenset[int]:
    """The lines after which a container may be another: a store into one, a call that is not known to be harmless.

    Args: space: the program's globals, in which it may have given the harmless names to something else.
    """
    raw = code.co_code
    steps = _steps_run_code(code, space)
    found: set[int] = set()
    for start, stop, line in code.co_lines():
        if line is not None and _changes(code, raw[start:stop], space, steps=steps):
            found.add(line)
    return frozenset(found)


def comprehension_lines(code: CodeType) -> frozenset[int]:
    """The lines with a comprehension that runs in the frame itself, as from Python 3.12 on: each round is no event."""
    if _INLINED is None:
        return frozenset()
    raw = code.co_code
    return frozenset(line for start, stop, line in code.co_lines() if line and _INLINED in raw[start:stop:2])


def _steps_run_code(code: CodeType, space: dict[str, Any]) -> bool:
    """Whether going on with an iterator can run code of the program that changes something."""
    if not _LAZY.isdisjoint(code.co_names):
        return True
    functions = (getattr(value, "__code__", None) for value in list(space.values()))
    nested = [item for item in (*code.co_consts, *functions) if isinstance(item, CodeType)]
    return any(
        item.co_flags & _CO_GENERATOR
        and (item.co_name != "<genexpr>" or _changes(item, item.co_code, space, steps=True))
        for item in nested
    )


def _changes(code: CodeType, raw: bytes, space: dict[str, Any], *, steps: bool) -> bool:
    """Whether one stretch of a line changes something; a line may have several stretches.

    `steps`: going on with an iterator may run the program's own code.
    """
    calls = harmless = 0
    for at in range(0, len(raw), 2):
        kind = _KINDS.get(raw[at], 0)
        if kind == _CHANGES or (kind == _BINARY and raw[at + 1] >= _FIRST_IN_PLACE) or (kind == _NEXT and steps):
            return True
        if kind == _YIELD and code.co_name != "<genexpr>":  # whoever goes on may have changed something meanwhile
            return True
        if kind == _CALL:
            calls += 1
        elif kind == _GLOBAL:
            name = code.co_names[raw[at + 1] >> 1] if raw[at + 1] >> 1 < len(code.co_names) else ""
            harmless += name in _PURE and name not in space
    return calls > harmless
