"""What the sandbox of this machine can do, for `soar2cot doctor`."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from soar2cot.config import ProgramLimits
from soar2cot.errors import SandboxError
from soar2cot.sandbox.base import Job, Level
from soar2cot.sandbox.levels import Proof, prove


@dataclass(frozen=True, slots=True)
class SandboxReport:
    """The level that `--sandbox=full` would get, `why` it is not full, what was tried, what else is to know."""

    level: Level
    why: str | None
    proofs: tuple[Proof, ...]
    notes: tuple[str, ...]


def report_sandbox(limits: ProgramLimits) -> SandboxReport:
    """Tries everything; never raises for what this machine lacks."""
    if sys.platform != "linux":
        from soar2cot.sandbox.portable import open_portable

        with open_portable("weak", limits) as sandbox:
            return SandboxReport(sandbox.level, "no Linux: programs run in limited processes of their own", (), ())
    try:
        return _report_linux(limits)
    except SandboxError as error:
        return SandboxReport("weak", str(error), (), ())


def _report_linux(limits: ProgramLimits) -> SandboxReport:
    from soar2cot.sandbox.linux import LinuxSandbox
    from soar2cot.sandbox.spawn import fixed_addresses

    with LinuxSandbox("full", limits, workers=1) as sandbox:
        proofs = tuple(prove(sandbox.run))
        gaps = sandbox.gaps
        sandbox.run(Job("import numpy\ndef transform(grid):\n    return grid", ([[0]],)))
    through = [proof.act for proof in proofs if not proof.held]
    with fixed_addresses() as fixed:
        notes = [f"not deepened: {gap}" for gap in gaps]
    if not fixed:
        notes.append("memory addresses stay random here: programs whose result depends on them may differ between runs")
    why = f"a program could {', '.join(through)}" if through else None
    return SandboxReport("weak" if through else "full", why, proofs, tuple(notes))
