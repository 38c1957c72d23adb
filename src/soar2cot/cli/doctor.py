"""`soar2cot doctor`: what this machine can give, and why not more."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import orjson

from soar2cot.cli.options import json_option, ledger_option, ledger_url, run_dir_option
from soar2cot.config import ProgramLimits
from soar2cot.ledger.fitness import N_COMMITS, LedgerReport, report_ledger
from soar2cot.sandbox.report import SandboxReport, report_sandbox


@click.command()
@click.option("--endpoint", metavar="URL", help="Check this OpenAI-compatible server instead, with one small question.")
@click.option("--model", default="", help="Model to ask at the endpoint; by default the first that it lists.")
@run_dir_option
@ledger_option
@json_option
def doctor(*, endpoint: str | None, model: str, run_dir: Path, ledger: str | None, as_json: bool) -> None:
    """Check this machine: what the sandbox holds back, and why; whether the ledger can be kept; or a model server.

    Nothing is left behind. Exit code 0 where sandbox level full can be given and a run can keep its ledger, or the
    endpoint can be used, else 1.
    """
    if endpoint is not None:
        _check_endpoint(endpoint, model, as_json=as_json)
        return
    sandbox, kept = report_sandbox(ProgramLimits()), asyncio.run(report_ledger(ledger_url(run_dir, ledger)))
    if as_json:
        of_ledger = asdict(kept) | {"fit": kept.fit}
        report: dict[str, Any] = {"machine": _machine(), "sandbox": asdict(sandbox), "ledger": of_ledger}
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo("\n".join([_machine(), *sandbox_lines(sandbox), *ledger_lines(kept)]))
    if sandbox.level != "full" or not kept.fit:
        click.get_current_context().exit(1)


def _check_endpoint(base_url: str, model: str, *, as_json: bool) -> None:
    from soar2cot.cli.doctor_endpoint import endpoint_lines, report_endpoint

    report = report_endpoint(base_url, model=model, api_key=os.environ.get("OPENAI_API_KEY"))
    if as_json:
        click.echo(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo("\n".join(endpoint_lines(report)))
    if not report.usable:
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


def ledger_lines(report: LedgerReport) -> list[str]:
    """The ledger's part, for people."""
    if report.problem is not None:
        return [f"ledger: unfit, {report.problem}"]
    return [
        f"ledger: fit, {report.address} on {report.about}",
        f"  a durable commit takes {report.commit_ms:,.1f} ms (median of {N_COMMITS})",
    ]
