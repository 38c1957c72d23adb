"""Runs programs in the child: reads the request, writes the answer frame by frame, touches nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mmap import mmap
from types import CodeType
from typing import Any, Protocol

from . import layout, tracer
from .calm import Calm, Sink
from .values import PROGRAM_FILE, encode_exception, encode_failure, encode_grid

RECURSION = 1_000
# a program without any of these words cannot look at seeds and clocks, directly or by a detour
CHANCE = (b"random", b"time", b"import", b"__", b"sys", b"os", b"secrets")


@dataclass
class Program:
    """One program of the request."""

    index: int
    code: bytes
    grids: list[bytes]
    trace: bool
    screen: bool
    max_events: int
    seed: int = 0


class Frames(Protocol):
    """Where frames go."""

    def add(self, program: int, grid: int, tag: int, flags: int, payload: bytes) -> None:
        """Takes one frame."""
        ...


class Answer:
    """The answer part of the shared buffer; a frame counts once the committed length covers it."""

    def __init__(self, buffer: mmap) -> None:
        self._buffer = buffer
        self._end = layout.REQUEST_BYTES + layout.COUNT.size

    def add(self, program: int, grid: int, tag: int, flags: int, payload: bytes) -> None:
        """Writes and commits a frame. Raises: OverflowError: the buffer is full."""
        frame = layout.FRAME.pack(program, grid, tag, flags, len(payload)) + payload
        end = self._end + len(frame)
        if end > layout.BUFFER_BYTES:
            raise OverflowError("the answer is full")
        self._buffer[self._end : end] = frame
        self._end = end
        layout.COUNT.pack_into(self._buffer, layout.REQUEST_BYTES, end - layout.REQUEST_BYTES - layout.COUNT.size)


def read_request(buffer: mmap) -> Iterator[Program]:
    """The programs of the request, in order."""
    (n_programs,) = layout.COUNT.unpack_from(buffer, 0)
    at = layout.COUNT.size
    for index in range(n_programs):
        n_code, n_grids, flags, seed, max_events = layout.PROGRAM.unpack_from(buffer, at)
        at += layout.PROGRAM.size
        code = buffer[at : at + n_code]
        at += n_code
        grids: list[bytes] = []
        for _ in range(n_grids):
            height, width = layout.GRID.unpack_from(buffer, at)
            end = at + layout.GRID.size + height * width
            grids.append(buffer[at:end])
            at = end
        trace, screen = bool(flags & layout.TRACE_FLAG), bool(flags & layout.SCREEN_FLAG)
        yield Program(index, code, grids, trace, screen, max_events, seed)


def run_all(buffer: mmap, peace: Calm, may_share: Callable[[CodeType], bool]) -> None:
    """Runs every program of the request on every grid of it."""
    answer = Answer(buffer)
    for program in read_request(buffer):
        run_program(program, answer, peace, may_share)


def run_program(program: Program, answer: Frames, peace: Calm, may_share: Callable[[CodeType], bool]) -> None:
    """Compiles once, then runs each grid with fresh globals; traced, if asked for, in a second run."""
    sys.setrecursionlimit(RECURSION)
    try:
        code = compile(program.code, PROGRAM_FILE, "exec", dont_inherit=True)
    except BaseException as error:  # noqa: BLE001 - whatever the compiler says is the program's failure
        _refuse(program, answer, error)
        return
    if program.screen and not may_share(code):
        answer.add(program.index, 0, layout.TAG_ALONE, 0, b"")
        return
    chance = program.trace or program.seed or any(word in program.code for word in CHANCE)
    for index, grid in enumerate(program.grids):
        peace.reset(program.seed, chance=bool(chance))
        tag, flags, payload = run_grid(code, grid, peace.sink)
        answer.add(program.index, index, tag, flags, payload)
        if program.trace:
            peace.reset(program.seed)
            _trace_grid(program, code, index, grid, answer, peace.sink)


def _refuse(program: Program, answer: Frames, error: BaseException) -> None:
    """The compiler would not have it."""
    payload = encode_failure("syntax", str(error), None) if isinstance(error, ValueError) else encode_exception(error)
    for index in range(len(program.grids)):
        answer.add(program.index, index, layout.TAG_FAILED, 0, payload)
        if program.trace:
            answer.add(program.index, index, layout.TAG_TRACED_FAILED, 0, payload)
            answer.add(program.index, index, layout.TAG_EVENTS, 0, b"[]")


def _trace_grid(program: Program, code: CodeType, index: int, grid: bytes, answer: Frames, sink: Sink) -> None:
    record = tracer.Tracer(PROGRAM_FILE, program.max_events, layout.TRACE_BYTES)
    tag, flags, payload = run_grid(code, grid, sink, record)
    traced = layout.TAG_TRACED_GRID if tag == layout.TAG_GRID else layout.TAG_TRACED_FAILED
    answer.add(program.index, index, traced, flags, payload)
    events, truncated = record.finish()
    answer.add(program.index, index, layout.TAG_EVENTS, layout.TRUNCATED_FLAG if truncated else 0, events)


def run_grid(code: CodeType, cells: bytes, sink: Sink, record: Any = None) -> tuple[int, int, bytes]:
    """One run: (tag, flags, payload) of its frame. Never raises."""
    grid = decode_cells(cells)
    try:
        space: dict[str, Any] = {"__name__": "program", "__builtins__": __builtins__}
        exec(code, space)
        transform = space.get("transform")
        if not callable(transform):
            return layout.TAG_FAILED, 0, encode_failure("no_transform", "the program defines no transform(grid)", None)
        value = transform(grid) if record is None else record.run(transform, grid)
        payload = encode_grid(value)
        tag = layout.TAG_GRID
    except BaseException as error:  # noqa: BLE001 - the program's exceptions are results, SystemExit included
        tag, payload = layout.TAG_FAILED, encode_exception(error)
    if sink.full:
        message = f"the program printed more than {sink.limit} bytes"
        tag, payload = layout.TAG_FAILED, encode_failure("output", message, None)
    return tag, layout.MUTATED_FLAG if _mutated(grid, cells) else 0, payload


def decode_cells(cells: bytes) -> list[list[int]]:
    """A fresh grid from height, width, cells."""
    width = cells[1]
    return [list(cells[at : at + width]) for at in range(2, len(cells), width)]


def _mutated(grid: Any, cells: bytes) -> bool:
    try:
        return bool(grid != decode_cells(cells))
    except BaseException:  # noqa: BLE001 - whatever stands in the grid now was put there
        return True
