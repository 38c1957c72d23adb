"""Runs a sample's program in the sandbox, for the picture of its steps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Lock

from soar2cot.display.steps import Step, steps
from soar2cot.errors import SandboxError
from soar2cot.records import Grid
from soar2cot.sandbox.base import Job, Sandbox

_MAX_EVENTS = 20_000


class Tracer:
    """Opens the sandbox when it is first needed; one program at a time.

    Args: open_sandbox: None shows no steps.
    """

    def __init__(self, open_sandbox: Callable[[], Sandbox] | None) -> None:
        self._open = open_sandbox
        self._sandbox: Sandbox | None = None
        self._lock = Lock()

    @property
    def available(self) -> bool:
        """Whether programs can be executed here."""
        return self._open is not None

    async def steps(self, code: str, grid: Grid) -> tuple[tuple[Step, ...], str]:
        """The steps on one grid, and why there are none or not all of them (`""`: nothing to say)."""
        return await asyncio.to_thread(self._steps, code, grid)

    def close(self) -> None:
        """Ends the sandbox's processes."""
        with self._lock:
            if self._sandbox is not None:
                self._sandbox.close()
                self._sandbox = None

    def _steps(self, code: str, grid: Grid) -> tuple[tuple[Step, ...], str]:
        try:
            with self._lock:
                result = self._opened().run(Job(code, (grid,), trace=True, max_events=_MAX_EVENTS)).results[0]
        except SandboxError as error:
            return (), f"The program cannot be executed here: {error}"
        told = steps(code, result, grid)
        if result.failed is not None:
            return told, f"The program fails here: {result.failed.kind}, {result.failed.message}"
        return told, "The run is too long to be shown to its end." if result.truncated else ""

    def _opened(self) -> Sandbox:
        if self._open is None:
            raise SandboxError("no sandbox was given")
        self._sandbox = self._sandbox or self._open()
        return self._sandbox
