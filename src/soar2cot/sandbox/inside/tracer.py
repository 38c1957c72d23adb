"""Line by line: which variables a program changed.

A trace would cost a hundred times the run if every variable were copied at every line. So a container is looked at
only after a line that can change one (`lines.py`), compared in one go, and of a grid only the rows that differ are
written anew. Events are kept as JSON text from the start.
"""

# Any value of a foreign program passes through here, and its type is only known by looking:
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any

from .lines import changing_lines, comprehension_lines
from .snapshots import FIXED, Looks, dumps, text_of

RETURN = "<return>"
SKIPPED = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"))


class Tracer:
    """Records the line events of one call.

    An event is [function, line, depth, changed variables]; a frame's last one holds `<return>`.
    """

    def __init__(self, file: str, max_events: int, max_bytes: int) -> None:
        self._file = file
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._events: list[str] = []
        self._bytes = 2
        self._lines: dict[CodeType, tuple[frozenset[int], frozenset[int]]] = {}
        self.text_of = Looks().text_of
        self.depth = -1
        self.truncated = False

    def run(self, function: Any, argument: Any) -> Any:
        """Calls the function, watching it."""
        sys.settrace(self._on_call)
        try:
            return function(argument)
        finally:
            sys.settrace(None)

    def finish(self) -> tuple[bytes, bool]:
        """The events as JSON, and whether some are missing."""
        return f"[{','.join(self._events)}]".encode("utf-8", "replace"), self.truncated

    def add(self, event: str) -> None:
        """Keeps the event, or ends the watching where a cap is reached."""
        self._bytes += len(event) + 1
        if len(self._events) >= self._max_events or self._bytes > self._max_bytes:
            self.truncated = True
            sys.settrace(None)
        else:
            self._events.append(event)

    def _on_call(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if code.co_filename != self._file or code.co_name in SKIPPED or self.truncated:
            return None
        lines = self._lines.get(code)
        if lines is None:
            lines = self._lines[code] = (changing_lines(code, frame.f_globals), comprehension_lines(code))
        self.depth += 1
        return _Frame(self, dumps(code.co_name), *lines).on_event


class _Frame:
    """What is known of one frame's variables."""

    def __init__(self, tracer: Tracer, function: str, changing: frozenset[int], inlined: frozenset[int]) -> None:
        self._tracer = tracer
        self._function = function
        self._depth = tracer.depth
        self._changing = changing
        self._inlined = inlined
        self._line = 0
        self._seen: dict[str, tuple[Any, str]] = {}  # each variable's value and text when last looked at
        self._raised = False

    def on_event(self, frame: FrameType, event: str, argument: Any) -> Any:
        """What the interpreter calls at every line, exception and return of the frame."""
        if event == "line":
            if frame.f_lineno == self._line and self._line in self._inlined:
                return self.on_event
            changed = self._changes(frame, look=self._line in self._changing)
            self._raised = False
            self._line = line = frame.f_lineno
            self._tracer.add(f"[{self._function},{line},{self._depth},{{{changed}}}]")
            if self._tracer.truncated:
                return None
        elif event == "exception":
            self._raised = True
        elif event == "return":
            changed = self._changes(frame, look=True)
            if not self._raised:
                changed += f'{"," if changed else ""}"{RETURN}":{text_of(argument)}'
            self._tracer.add(f"[{self._function},{frame.f_lineno},{self._depth},{{{changed}}}]")
            self._tracer.depth -= 1
        return self.on_event

    def _changes(self, frame: FrameType, *, look: bool) -> str:
        """The changed variables as the inside of a JSON object; `look`: containers are compared as well."""
        changed: list[str] = []
        seen, text_of = self._seen, self._tracer.text_of
        for name, value in frame.f_locals.items():
            before = seen.get(name)
            if before is not None and before[0] is value and (not look or type(value) in FIXED):
                continue
            text = text_of(value)
            if before is None or text != before[1]:
                changed.append(f"{dumps(name)}:{text}")
            seen[name] = (value, text)
        return ",".join(changed)
