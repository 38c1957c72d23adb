"""The strict reader of what a dead child left in the shared buffer: nothing in there is believed.

Whatever bytes stand there, the outcome is a list of well-formed results: a frame that breaks a rule ends the
reading of the answer, and the programs concerned have failed as `tampered`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import orjson

from soar2cot.records import Grid
from soar2cot.sandbox.base import Failed, GridResult, LineEvent
from soar2cot.sandbox.inside import layout

_ALLOWED_CELLS = bytes(range(layout.N_COLOURS))


class TamperedError(Exception):
    """The answer breaks a rule of its own layout."""


@dataclass
class Answered:
    """What the child wrote about one program: a slot per grid."""

    n_grids: int
    traced: bool
    plain: list[GridResult] = field(default_factory=list[GridResult])
    second: list[GridResult] = field(default_factory=list[GridResult])
    events: list[tuple[tuple[LineEvent, ...], bool]] = field(default_factory=list[tuple[tuple[LineEvent, ...], bool]])
    alone: bool = False
    tampered: str | None = None

    @property
    def done(self) -> bool:
        """Whether every grid has all that was asked for."""
        wanted = self.n_grids if self.traced else 0
        return len(self.plain) == self.n_grids and len(self.second) == wanted and len(self.events) == wanted

    def results(self, missing: Failed) -> tuple[GridResult, ...]:
        """A result per grid, `missing` where the child died first."""
        if self.tampered is not None:
            return (GridResult(None, Failed("tampered", self.tampered)),) * self.n_grids
        ready = len(self.events) if self.traced else len(self.plain)
        given = [self._joined(index) if self.traced else self.plain[index] for index in range(ready)]
        return (*given, *[GridResult(None, missing)] * (self.n_grids - ready))

    def _joined(self, index: int) -> GridResult:
        """The untraced result with the events of the traced run, if both agree."""
        plain, second = self.plain[index], self.second[index]
        events, truncated = self.events[index]
        if (plain.grid, plain.failed) != (second.grid, second.failed):
            return GridResult(None, Failed("trace", "the traced run gave another result than the untraced one"))
        return GridResult(plain.grid, plain.failed, plain.mutated, events, truncated)


def read_answer(answer: memoryview, programs: list[tuple[int, bool]]) -> list[Answered]:
    """Reads the answer region.

    Args:    programs: (grids, traced) of every program of the request.
    Returns: one `Answered` per program, in order; never raises, whatever the bytes are.
    """
    answered = [Answered(n_grids, traced) for n_grids, traced in programs]
    current = 0
    try:
        for program, grid, tag, flags, payload in _frames(answer):
            if not current <= program < len(answered):
                raise TamperedError(f"a frame for program {program} after one for {current}")
            current = program
            _take(answered[program], grid, tag, flags, payload)
    except TamperedError as error:
        for item in answered[current:]:
            item.tampered = str(error)
    return answered


def _frames(answer: memoryview) -> Iterator[tuple[int, int, int, int, bytes]]:
    """(program, grid, tag, flags, payload) of each. Raises: TamperedError."""
    (length,) = layout.COUNT.unpack_from(answer, 0)
    end = layout.COUNT.size + length
    if end > len(answer):
        raise TamperedError(f"the answer claims {length} bytes, {len(answer)} are there")
    at = layout.COUNT.size
    while at < end:
        if at + layout.FRAME.size > end:
            raise TamperedError("a frame's head is cut off")
        program, grid, tag, flags, size = layout.FRAME.unpack_from(answer, at)
        at += layout.FRAME.size
        if at + size > end:
            raise TamperedError("a frame's payload is cut off")
        yield program, grid, tag, flags, bytes(answer[at : at + size])
        at += size


def _take(item: Answered, grid: int, tag: int, flags: int, payload: bytes) -> None:
    """Puts one frame into its slot; the order of frames is fixed."""
    if item.alone:
        raise TamperedError("a frame after the word that the program must run alone")
    if tag == layout.TAG_ALONE:
        _expect(not item.plain and not payload and grid == 0, "a misplaced word that the program must run alone")
        item.alone = True
    elif tag in (layout.TAG_GRID, layout.TAG_FAILED):
        _expect(len(item.plain) == grid < item.n_grids, f"a result for grid {grid} out of turn")
        item.plain.append(_result(tag == layout.TAG_GRID, flags, payload))
    elif tag in (layout.TAG_TRACED_GRID, layout.TAG_TRACED_FAILED):
        _expect(item.traced and len(item.second) == grid == len(item.plain) - 1, "a traced result out of turn")
        item.second.append(_result(tag == layout.TAG_TRACED_GRID, flags, payload))
    elif tag == layout.TAG_EVENTS:
        _expect(item.traced and len(item.events) == grid == len(item.second) - 1, "events out of turn")
        item.events.append((_events(payload), bool(flags & layout.TRUNCATED_FLAG)))
    else:
        raise TamperedError(f"a frame of unknown kind {tag}")


def _expect(holds: bool, rule: str) -> None:
    if not holds:
        raise TamperedError(rule)


def _result(is_grid: bool, flags: int, payload: bytes) -> GridResult:
    mutated = bool(flags & layout.MUTATED_FLAG)
    if is_grid:
        return GridResult(_grid(payload), None, mutated)
    return GridResult(None, _failed(payload), mutated)


def _grid(payload: bytes) -> Grid:
    _expect(len(payload) > 2, "a grid without cells")
    height, width = payload[0], payload[1]
    _expect(1 <= height <= layout.MAX_SIDE and 1 <= width <= layout.MAX_SIDE, f"a grid of {height} x {width}")
    _expect(len(payload) == 2 + height * width, f"a grid of {height} x {width} with {len(payload) - 2} cells")
    _expect(not payload[2:].translate(None, _ALLOWED_CELLS), "a cell that is no colour")
    return [list(payload[at : at + width]) for at in range(2, len(payload), width)]


def _failed(payload: bytes) -> Failed:
    try:
        line, n_kind, n_message = layout.FAILED.unpack_from(payload, 0)
        kind = payload[layout.FAILED.size : layout.FAILED.size + n_kind].decode()
        message = payload[layout.FAILED.size + n_kind :].decode()
    except (struct.error, UnicodeDecodeError) as error:
        raise TamperedError("a failure that cannot be read") from error
    _expect(len(payload) == layout.FAILED.size + n_kind + n_message, "a failure of the wrong length")
    _expect(0 < n_kind <= layout.MAX_KIND and n_message <= layout.MAX_MESSAGE, "a failure that is too long")
    return Failed(_word(kind), message, line or None)


def _word(kind: str) -> str:
    return kind if kind.isidentifier() else "strange"


def _events(payload: bytes) -> tuple[LineEvent, ...]:
    try:
        raw = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise TamperedError("events that are no JSON") from error
    _expect(isinstance(raw, list), "events that are no list")
    return tuple(_event(item) for item in cast("list[Any]", raw))


def _event(item: Any) -> LineEvent:
    _expect(isinstance(item, list) and len(cast("list[Any]", item)) == 4, "an event of the wrong form")
    function, line, depth, values = cast("list[Any]", item)
    _expect(isinstance(function, str) and type(line) is int and type(depth) is int, "an event of the wrong form")
    _expect(line >= 0 and depth >= 0 and isinstance(values, dict), "an event of the wrong form")
    return LineEvent(function, line, depth, cast("dict[str, object]", values))
