"""`soar2cot fsck`: ledger, progress.json and exports against each other."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from soar2cot.cli.hints import with_run_dir
from soar2cot.cli.options import (
    json_option,
    ledger_option,
    ledger_url,
    progress_file_option,
    progress_path,
    run_dir_option,
)
from soar2cot.display.words import counted
from soar2cot.fsck import check_export, check_progress
from soar2cot.ledger import open_ledger
from soar2cot.ledger.base import Finding


@click.command()
@run_dir_option
@ledger_option
@progress_file_option
@click.option(
    "--export",
    "exports",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder that `soar2cot export` wrote; may be given several times.",
)
@click.option("--mend", is_flag=True, help="Mend what can be proved; no run may go on meanwhile.")
@json_option
def fsck(
    run_dir: Path,
    ledger: str | None,
    *,
    progress_file: Path | None,
    exports: tuple[Path, ...],
    mend: bool,
    as_json: bool,
) -> None:
    """Check ledger, progress.json and exports against each other; at any time, also while a run goes on.

    Exit code 1 where something is left that is not as it must be.
    """
    findings = asyncio.run(
        _check(ledger_url(run_dir, ledger), progress_path(run_dir, progress_file), exports, mend=mend)
    )
    left = [item for item in findings if not item.mended]
    if as_json:
        click.echo(orjson.dumps({"sound": not left, "findings": [asdict(item) for item in findings]}))
    for item in [] if as_json else findings:
        said = f"{'mended' if item.mended else 'FOUND'}: {item.kind}: {item.n:,}, e.g. {item.example}"
        click.echo(with_run_dir(said, run_dir))
    click.echo("everything is as it must be" if not left else f"{counted(len(left), 'thing')} to look at", err=True)
    sys.exit(1 if left else 0)


async def _check(url: str, progress: Path, exports: tuple[Path, ...], *, mend: bool) -> list[Finding]:
    ledger = await open_ledger(url, read_only=not mend, create=False)
    try:
        findings = await ledger.check(mend=mend)
        findings += await check_progress(ledger, progress)
        for folder in exports:
            findings += await check_export(ledger, folder)
        return findings
    finally:
        await ledger.aclose()
