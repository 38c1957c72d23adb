"""Runs programs that nobody has read. `open_sandbox` is the one place that knows the backends."""

from __future__ import annotations

from soar2cot.config import ProgramLimits
from soar2cot.sandbox.base import Execution, Failed, GridResult, Job, Level, LineEvent, Sandbox

__all__ = ["Execution", "Failed", "GridResult", "Job", "Level", "LineEvent", "Sandbox", "open_sandbox"]


def open_sandbox(level: Level, limits: ProgramLimits) -> Sandbox:
    """Opens the backend of this machine at the level asked for.

    Raises: SandboxError: this machine cannot give the level; the message says why and what to do.
    """
    from soar2cot.sandbox.linux import LinuxSandbox

    return LinuxSandbox(level, limits)
