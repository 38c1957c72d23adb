"""`soar2cot crashtest`: proof, on the user's own disk and database, that a kill costs nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import orjson

from soar2cot.cli.options import json_option, ledger_option, ledger_url, run_dir_option
from soar2cot.display.words import counted


@click.command()
@run_dir_option
@ledger_option
@click.option("--kills", type=click.IntRange(0), default=100, show_default=True, help="Kills at random instants.")
@click.option("--workers", type=click.IntRange(1, 16), help="Processes at once; by default 1, on PostgreSQL 3.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random instants.")
@click.option("--samples", type=click.IntRange(10), default=1_500, show_default=True, help="Size of one job.")
@json_option
def crashtest(
    run_dir: Path, ledger: str | None, kills: int, workers: int | None, seed: int, samples: int, *, as_json: bool
) -> None:
    """Kill a synthetic run again and again on your own disk and database, and count what breaks.

    Works on a scratch ledger beside the real one, which is not touched. Strikes every fault point with kill,
    exception and full disk, then at random instants. Exit code 1 where anything was lost, doubled or torn.
    """
    url = ledger_url(run_dir, ledger)
    n_workers = workers or (1 if url.startswith("sqlite:") else 3)
    if url.startswith("sqlite:") and n_workers > 1:
        raise click.UsageError("a SQLite ledger has one process; use --workers 1, or a postgresql:// ledger")
    click.echo(f"striking {url.rpartition('@')[2] or url} …", err=True)
    report = _campaign(url, kills=kills, workers=n_workers, seed=seed, samples=samples)
    click.echo(orjson.dumps(report) if as_json else certificate(report))
    sys.exit(1 if report["broken"] else 0)


def _campaign(url: str, **options: int) -> dict[str, Any]:
    """The campaign forks: it gets a process of its own, without threads."""
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    done = subprocess.run(
        [sys.executable, "-m", "soar2cot.ledger.crashtest", url, *arguments],
        stdout=subprocess.PIPE,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        check=False,
    )
    if not done.stdout:
        raise click.ClickException("the crash test could not be run; what stopped it stands above")
    return orjson.loads(done.stdout)


def certificate(report: dict[str, Any]) -> str:
    """The report as people read it."""
    strikes = report["strikes"]
    kind = "SQLite" if report["url"].startswith("sqlite:") else "PostgreSQL"
    jobs = counted(report["jobs_finished"], "job")
    end = f"{report['broken']} lost, doubled or torn by {counted(report['kills'], 'kill')} of a run on {kind}"
    lines = [
        f"crash test of {report['url']}",
        f"  fault points struck   {counted(sum(strikes.values()), 'time')} ({counted(len(strikes), 'kind')})",
        f"  kill -9               {report['kills']:,}",
        f"  samples completed     {report['samples']:,} in {jobs}, {report['seconds']:.0f} s",
        f"  lost                  {report['lost']}",
        f"  answers lost          {report['lost_answers']}",
        f"  doubled               {report['doubled']}",
        f"  torn                  {report['torn']}",
        *(f"  note: {note}" for note in report["notes"]),
        f"{'NOT SOUND' if report['broken'] else 'sound'}: {end}",
    ]
    return "\n".join(lines)
