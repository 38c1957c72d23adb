"""Line by line: which variables a program changed, from snapshots that are taken only where something changed."""

from __future__ import annotations

import json
import sys
from collections import deque
from types import FrameType
from typing import Any

Event = list[Any]
RETURN = "<return>"
MAX_TEXT = 200
MAX_ITEMS = 1_000
MAX_DEPTH = 4
INT_LIMIT = 1 << 53
SKIPPED = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"))
PLAIN = (int, str, bool, float, type(None))


class Tracer:
    """Records the line events of one call.

    An event is [function, line, depth, changed variables]; a frame's last one holds `<return>`.
    """

    def __init__(self, file: str, max_events: int, max_bytes: int) -> None:
        self._file = file
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._events: list[Event] = []
        self._depth = -1
        self._truncated = False

    def run(self, function: Any, argument: Any) -> Any:
        """Calls the function, watching it."""
        sys.settrace(self._on_call)
        try:
            return function(argument)
        finally:
            sys.settrace(None)

    def finish(self) -> tuple[bytes, bool]:
        """The events as JSON, and whether some are missing."""
        parts: list[str] = []
        size = 2
        for event in self._events:
            text = json.dumps(event, separators=(",", ":"))
            size += len(text) + 1
            if size > self._max_bytes:
                self._truncated = True
                break
            parts.append(text)
        return f"[{','.join(parts)}]".encode(), self._truncated

    def _on_call(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if code.co_filename != self._file or code.co_name in SKIPPED or self._truncated:
            return None
        self._depth += 1
        watched = _Frame(self, code.co_name, self._depth)
        return watched.on_event

    def add(self, event: Event) -> bool:
        """Keeps the event; false where the cap is reached."""
        if len(self._events) >= self._max_events:
            self._truncated = True
            sys.settrace(None)
            return False
        self._events.append(event)
        return True

    def left(self) -> None:
        """A watched frame returned."""
        self._depth -= 1


class _Frame:
    """What is known of one frame's variables."""

    def __init__(self, tracer: Tracer, function: str, depth: int) -> None:
        self._tracer = tracer
        self._function = function
        self._depth = depth
        self._seen: dict[str, Any] = {}
        self._raised = False

    def on_event(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            self._raised = False
            changed = self._changed(frame.f_locals)
            if not self._tracer.add([self._function, frame.f_lineno, self._depth, changed]):
                return None
        elif event == "exception":
            self._raised = True
        elif event == "return":
            changed = self._changed(frame.f_locals)
            if not self._raised:
                changed[RETURN] = snapshot(argument)
            self._tracer.add([self._function, frame.f_lineno, self._depth, changed])
            self._tracer.left()
        return self.on_event

    def _changed(self, variables: dict[str, Any]) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        for name, value in variables.items():
            try:
                before = self._seen.get(name)
                if before is None or not before.holds(value):
                    self._seen[name] = before = _Seen(value)
                    changed[name] = before.snapshot
            except Exception:  # noqa: BLE001 - comparing runs the program's own code
                changed[name] = {"other": type(value).__name__}
        return changed


class _Seen:
    """A variable's last known value: enough to tell whether it changed, without keeping it."""

    __slots__ = ("_copy", "_kind", "snapshot")

    def __init__(self, value: Any) -> None:
        self._kind = type(value)
        self._copy = _copy(value)
        self.snapshot = snapshot(value)

    def holds(self, value: Any) -> bool:
        if type(value) is not self._kind:
            return False
        if self._kind in PLAIN or self._kind in (list, tuple, dict, set):
            return value is self._copy or bool(value == self._copy)
        if self._kind.__name__ == "ndarray":
            return (value.shape, value.dtype, value.tobytes()) == self._copy
        return snapshot(value) == self.snapshot


def _copy(value: Any) -> Any:
    kind = type(value)
    if kind is list:
        return [_copy(item) for item in value]
    if kind is dict:
        return {key: _copy(item) for key, item in value.items()}
    if kind is set:
        return set(value)
    if kind.__name__ == "ndarray":
        return value.shape, value.dtype, value.tobytes()
    return value


def snapshot(value: Any, depth: int = 0) -> Any:
    """The value as JSON-able data; what has no such form is named by its type."""
    kind = type(value)
    if kind is int:
        return value if -INT_LIMIT < value < INT_LIMIT else {"other": "int"}
    if kind is bool or value is None:
        return value
    if kind is float:
        return value if value - value == 0 else {"other": "float"}
    if kind is str:
        return value[:MAX_TEXT].encode("utf-8", "replace").decode()
    if depth >= MAX_DEPTH:
        return {"other": kind.__name__}
    return _container(value, kind, depth + 1)


def _container(value: Any, kind: type, depth: int) -> Any:
    if isinstance(value, (list, tuple, deque)) and len(value) <= MAX_ITEMS:
        return [snapshot(item, depth) for item in value]
    if isinstance(value, (set, frozenset)) and len(value) <= MAX_ITEMS:
        return {"set": _in_order(value, depth)}
    if isinstance(value, dict) and len(value) <= MAX_ITEMS:
        return {"dict": [[snapshot(key, depth), snapshot(item, depth)] for key, item in value.items()]}
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        return snapshot(value.item(), depth)
    if numpy is not None and kind is numpy.ndarray and value.size <= MAX_ITEMS:
        return snapshot(value.tolist(), depth - 1)
    return {"other": kind.__name__}


def _in_order(items: Any, depth: int) -> list[Any]:
    try:
        return [snapshot(item, depth) for item in sorted(items)]
    except TypeError:
        return [snapshot(item, depth) for item in items]
