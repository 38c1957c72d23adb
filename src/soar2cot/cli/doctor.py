"""`soar2cot doctor`: what this machine can give, and why not more."""

from __future__ import annotations

import platform
import sys
from dataclasses import asdict
from typing import Any

import click
import orjson

from soar2cot.cli.options import json_option
from soar2cot.config import ProgramLimits
from soar2cot.sandbox.report import SandboxReport, report_sandbox


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Check this machine: what the sandbox holds back, and why.

    Exit code 0 where sandbox level full can be given, else 1.
    """
    sandbox = report_sandbox(ProgramLimits())
    if as_json:
        report: dict[str, Any] = {"machine": _machine(), "sandbox": asdict(sandbox)}
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo("\n".join([_machine(), *sandbox_lines(sandbox)]))
    if sandbox.level != "full":
        click.get_current_context().exit(1)


def _machine() -> str:
    return f"{platform.system()} {platform.release()} on {platform.machine()}, Python {sys.version.split()[0]}"


def sandbox_lines(report: SandboxReport) -> list[str]:
    """The sandbox's part, for people."""
    held = sum(proof.held for proof in report.proofs)
    return [
        f"sandbox: level {report.level}" + (f", {report.why}" if report.why else ""),
        *([f"  {held} of {len(report.proofs)} forbidden acts were tried and held back"] if report.proofs else []),
        *[f"  not held back: {proof.act} ({proof.how})" for proof in report.proofs if not proof.held],
        *[f"  {note}" for note in report.notes],
    ]
