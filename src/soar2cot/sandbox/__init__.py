"""Runs programs that nobody has read. `open_sandbox` is the one place that knows the backends."""

from __future__ import annotations

import sys

from soar2cot.config import ProgramLimits
from soar2cot.errors import SandboxError
from soar2cot.sandbox.base import Execution, Failed, GridResult, Job, Level, LineEvent, Sandbox

__all__ = ["Execution", "Failed", "GridResult", "Job", "Level", "LineEvent", "Sandbox", "open_sandbox"]


def open_sandbox(level: str, limits: ProgramLimits, *, workers: int | None = None) -> Sandbox:
    """Opens the backend of this machine at the level asked for: `full`, `weak` or `none`.

    Args:   workers: processes per kind of program that work at the same time; None: one per core.
    Raises: SandboxError: this machine cannot give the level; the message says why and what to do.
    """
    if level not in ("full", "weak", "none"):
        raise SandboxError(f"no sandbox level {level!r}; there are: full, weak, none")
    if sys.platform == "linux":
        return _open_linux(level, limits, workers)
    from soar2cot.sandbox.portable import open_portable

    return open_portable(level, limits)


def _open_linux(level: Level, limits: ProgramLimits, workers: int | None) -> Sandbox:
    from soar2cot.sandbox.levels import prove
    from soar2cot.sandbox.linux import LinuxSandbox

    sandbox = LinuxSandbox(level, limits, workers=workers)
    try:
        through = [proof for proof in prove(sandbox.run) if not proof.held] if level == "full" else []
    except BaseException:
        sandbox.close()
        raise
    if not through:
        return sandbox
    sandbox.close()
    acts = "; ".join(f"a program could {proof.act} ({proof.how})" for proof in through)
    raise SandboxError(f"sandbox level full cannot be given here: {acts}; run `soar2cot doctor`, or use --sandbox=weak")
