"""What can go wrong with an answer, on order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

FAULTS: dict[str, str] = {
    "429": "too many requests, with Retry-After where `retry_after_s` is given",
    "500": "internal error",
    "502": "bad gateway, with HTML",
    "503": "overloaded",
    "400": "bad request without a code",
    "expired_key": "401",
    "too_long": "400, context_length_exceeded",
    "html": "200 with a page that is no chat completion",
    "reset": "the connection is reset before any work",
    "lost": "the connection is reset after the work: it is paid for and never arrives",
    "half": "the answer stops half-way",
    "drip": "the answer comes a byte a second",
    "silence": "never an answer",
    "empty": "empty content",
    "fence": "JSON in a fence, after some words",
    "comment": "JSON with a comment and a trailing comma",
    "schema": "JSON of another schema",
    "no_json": "prose",
    "ragged": "a grid with ragged rows",
    "wide": "a grid with 31 columns",
    "value10": "a grid with the value 10",
    "refusal": "a refusal",
    "length": "cut off: finish_reason length",
}


@dataclass(slots=True)
class Order:
    """A fault that was ordered, and how often it strikes.

    `times`: so many times in all (None: without end). `share`: for that share of requests, 0..1, decided by their
    content. `once_each`: a request is struck only the first time that it comes. `after`: that many are spared first.
    """

    fault: str
    times: int | None = 1
    share: float = 1.0
    once_each: bool = False
    after: int = 0
    retry_after_s: float | None = None
    _struck: set[str] | None = None

    def strikes(self, name: str) -> bool:
        """Whether this request, named by its hash, is struck now."""
        if self.times == 0 or int(name[:8], 16) / 2**32 >= self.share:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.once_each and not self._first_time(name):
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def _first_time(self, name: str) -> bool:
        self._struck = self._struck or set()
        if name in self._struck:
            return False
        self._struck.add(name)
        return True


def bent_content(fault: str, message: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The message as the fault leaves it, and its finish_reason."""
    content = str(message["content"])
    if fault == "refusal":
        return {**message, "content": None, "refusal": "I cannot help with that."}, "stop"
    if fault == "length":
        return {**message, "content": content[: len(content) // 2]}, "length"
    if fault in _BENT:
        return {**message, "content": _BENT[fault](content)}, "stop"
    return message, "stop"


def _with_grid(content: str, grid: list[list[int]]) -> str:
    return orjson.dumps({**orjson.loads(content), "grid": grid}).decode()


_BENT: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "fence": lambda content: f"Here it is:\n```json\n{content}\n```",
    "comment": lambda content: "{// as you wish\n" + content.strip()[1:-1] + ",}",
    "schema": lambda _: '{"answer": 42}',
    "no_json": lambda _: "The output is the same as the input, only brighter.",
    "ragged": lambda content: _with_grid(content, [[1, 2, 3], [1, 2]]),
    "wide": lambda content: _with_grid(content, [[0] * 31]),
    "value10": lambda content: _with_grid(content, [[10]]),
}
