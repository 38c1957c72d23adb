"""A model that knows the answer: it keeps the program it is shown in its text, and follows the program it finds.

Runs programs with plain `exec` in this process: for programs you trust, in tests and benchmarks.
"""

from __future__ import annotations

import hashlib
import io
import re
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any, cast

import orjson

from soar2cot.challenge import check_grid, copy_grid
from soar2cot.records import Grid

Execute = Callable[[str, Grid], "Grid | None"]

_FENCE = re.compile(r"```python\n(.*?)\n```", re.DOTALL)
_GRID = re.compile(r"(?:^[0-9](?: [0-9])*\n?)+", re.MULTILINE)


class _OutOfTimeError(BaseException):
    """Not an Exception: programs like to catch those."""


def run_program(code: str, grid: Grid, *, cpu_s: float = 2.0) -> Grid | None:
    """The grid that the program gives, None where it raises, gives none or takes longer than `cpu_s`.

    What it prints is dropped. The time limit holds in the main thread alone.
    """
    names: dict[str, Any] = {}
    try:
        with _limited(cpu_s), redirect_stdout(_Dropped()):
            exec(code, names)
            result = names["transform"](copy_grid(grid))
            plain = orjson.loads(orjson.dumps(result, option=orjson.OPT_SERIALIZE_NUMPY))
            return check_grid([[int(cell) for cell in row] for row in plain], where="oracle")
    except (_OutOfTimeError, Exception):  # noqa: BLE001 - whatever a program does, there is no grid
        return None


class _Dropped(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


@contextmanager
def _limited(cpu_s: float) -> Generator[None]:
    """Raises in the block, again and again, once it has used its CPU time."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _out_of_time)
    signal.setitimer(signal.ITIMER_VIRTUAL, cpu_s, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _out_of_time(*_: object) -> None:
    raise _OutOfTimeError


@dataclass
class Oracle:
    """Answers by schema name, the same bytes for the same request.

    Args: wrong: share of `follow` answers that are deliberately wrong, 0..1, decided by the prompt's hash: so that
                 there is something to revise.
          words: length of the texts, in words, beside the program: for realistic sizes.
    """

    wrong: float = 0.0
    words: int = 0
    execute: Execute = run_program
    _grids: dict[str, Grid | None] = field(default_factory=dict[str, "Grid | None"])

    def __call__(self, schema_name: str, prompt: str) -> str:
        """The content of the answer: JSON text."""
        return orjson.dumps(self._answer(schema_name, prompt)).decode()

    def _answer(self, schema_name: str, prompt: str) -> dict[str, Any]:
        program = _FENCE.search(prompt)
        code = program.group(1) if program else ""
        if schema_name == "follow":
            return {"grid": self._follow(code, prompt)}
        method = f"Do what this program does.{' step' * self.words}\n```python\n{code}\n```"
        if schema_name == "write":
            return {"input_output_analysis": "Each output follows from its input.", "transformation_method": method}
        return {
            "reasoning_for_why_old_instructions_are_wrong": "A cell was overlooked.",
            "revised_instructions": f"Look at every cell twice. {method}",
        }

    def _follow(self, code: str, prompt: str) -> Grid:
        given = last_grid(prompt)
        if given is None:
            return [[0]]
        found = self._run(code, given)
        if found is None:
            return given
        if self.wrong and share_of(prompt) < self.wrong:
            found = copy_grid(found)
            found[0][0] = (found[0][0] + 1) % 10
        return found

    def _run(self, code: str, grid: Grid) -> Grid | None:
        name = hashlib.sha256(orjson.dumps([code, grid])).hexdigest()
        if name not in self._grids:
            if len(self._grids) >= 20_000:
                self._grids.clear()
            self._grids[name] = self.execute(code, grid)
        return self._grids[name]


def fixed_answers(schema_name: str, prompt: str) -> str:
    """A model that costs nothing: the same valid answer for every prompt of a schema."""
    return _FIXED[schema_name]


_WORDS = "Each object of the input keeps its colour and moves down until something stops it. " * 8
_FIXED = {
    "write": orjson.dumps({"input_output_analysis": _WORDS, "transformation_method": _WORDS}).decode(),
    "follow": orjson.dumps({"grid": [[0, 1, 2], [3, 4, 5]]}).decode(),
    **dict.fromkeys(
        ("revise", "pool"),
        orjson.dumps(
            {"reasoning_for_why_old_instructions_are_wrong": "A cell.", "revised_instructions": _WORDS}
        ).decode(),
    ),
}


def last_grid(prompt: str) -> Grid | None:
    """The last run of lines that hold nothing but digits parted by single spaces."""
    blocks = _GRID.findall(prompt)
    return [[int(cell) for cell in line.split(" ")] for line in blocks[-1].splitlines()] if blocks else None


def share_of(text: str) -> float:
    """A number in 0..1 that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32


def prompt_of(body: dict[str, Any]) -> str:
    """All text of a conversation up to the first question, without pictures."""
    messages = cast("list[dict[str, Any]]", body.get("messages") or [])
    texts: list[str] = []
    for message in messages:
        if message.get("role") == "assistant":
            break
        content = message.get("content")
        if isinstance(content, list):
            parts = cast("list[dict[str, Any]]", content)
            content = "\n".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")
        texts.append(str(content))
    return "\n\n".join(texts)
