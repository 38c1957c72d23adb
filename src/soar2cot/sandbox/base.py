"""The contract of a sandbox: run programs that nobody has read, believe nothing that they say.

A sandbox is used from one thread at a time and blocks; asynchronous callers use `asyncio.to_thread`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self, TypeAlias

from soar2cot.config import ProgramLimits
from soar2cot.records import Grid

Level: TypeAlias = Literal["full", "partial", "weak", "none"]


@dataclass(frozen=True, slots=True)
class Job:
    """A program and the grids to run it on, each on a fresh copy with fresh globals.

    `code` defines `transform(grid)`. `trace` records line events (at most `max_events` a grid).
    `seed`, 0 to 255, is where random numbers and clocks start and where objects lie: a program whose results differ
    between two seeds is not a function of its grid.
    """

    code: str
    inputs: tuple[Grid, ...]
    trace: bool = False
    max_events: int = 2_000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no grid.

    `kind` groups: an exception's class name, or `timeout`, `memory`, `output`, `no_grid`, `no_transform`, `syntax`,
    `killed`, `forbidden`, `trace` (traced and untraced run differ), `tampered` (the answer breaks its own layout).
    `line` is the program's own, None where unknown.
    """

    kind: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LineEvent:
    """One line about to be executed, with the variables that changed since the previous event of its frame.

    `function` is the name of the frame; `depth` is 0 in `transform`, 1 in what it calls. Only the program's own
    functions are watched, comprehensions are not. The last event of a frame has the line that it left by, and
    `values["<return>"]` holds what it returned (absent where it raised).
    `values` are JSON-able snapshots: grids, lists, tuples, deques and numpy arrays as lists, numpy scalars as plain
    ones, sets as {"set": [...]}, dicts as {"dict": [[k, v], ...]}, others as {"other": type name}.
    """

    function: str
    line: int
    depth: int
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class GridResult:
    """What one input gave: exactly one of `grid` and `failed` is set.

    `mutated`: the program changed the grid that it was given. `events` is empty unless traced;
    `truncated` where the event cap was reached.
    """

    grid: Grid | None
    failed: Failed | None = None
    mutated: bool = False
    events: tuple[LineEvent, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Execution:
    """What a program did, a result per input, in order.

    `cpu_s` and `peak_memory_bytes` come from the kernel, for the whole job; 0 where a shared child hides them.
    """

    results: tuple[GridResult, ...]
    cpu_s: float = 0.0
    peak_memory_bytes: int = 0

    @property
    def grids(self) -> tuple[Grid | None, ...]:
        """The grids alone, None where the program failed."""
        return tuple(result.grid for result in self.results)


class Sandbox(Protocol):
    """Runs programs. Closing it ends every process it started."""

    @property
    def level(self) -> Level:
        """What was proved at start, stamped into every record."""
        ...

    def run(self, job: Job) -> Execution:
        """Runs one job. A program's own failure is a result, never an exception.

        Raises: SandboxError: the sandbox itself failed (not the program).
        Crash:  every child dies with its parent.
        """
        ...

    def run_many(self, jobs: Iterable[Job]) -> Iterator[Execution]:
        """Runs jobs, results in the order of the jobs; may share children among screened programs."""
        ...

    def close(self) -> None:
        """Ends every process of the sandbox. Idempotent."""
        ...

    def __enter__(self) -> Self:
        """Itself."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Closes."""
        ...


def failed_execution(job: Job, failed: Failed) -> Execution:
    """An execution in which every input failed the same way."""
    return Execution(tuple(GridResult(None, failed) for _ in job.inputs))


DEFAULT_LIMITS = ProgramLimits()
