"""`soar2cot redo`: finished samples once more; what they gave is kept as superseded."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import orjson

from soar2cot.cli.hints import with_run_dir
from soar2cot.cli.options import (
    agreed,
    json_option,
    ledger_option,
    ledger_url,
    progress_file_option,
    progress_path,
    run_dir_option,
)
from soar2cot.display.words import counted
from soar2cot.errors import ProgressFileError
from soar2cot.ledger import open_ledger
from soar2cot.ledger.base import Ledger
from soar2cot.progress_tracker import open_face
from soar2cot.records import SampleKey

ASK_FROM = 1_000  # samples; fewer are taken back without asking, `progress restore` brings them back


@click.command()
@run_dir_option
@ledger_option
@progress_file_option
@click.option("--where", required=True, help="An SQL condition over `instructions`: \"score < 1 AND model = 'x'\".")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def redo(
    run_dir: Path,
    ledger: str | None,
    *,
    progress_file: Path | None,
    where: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Do finished samples again; their old results are kept as superseded (`progress restore`).

    Counts first. The samples are done by the next `soar2cot run`.
    """
    url = ledger_url(run_dir, ledger)
    keys, n_completed = asyncio.run(_chosen(url, where))
    click.echo(
        f"{len(keys):,} of {counted(n_completed, 'completed sample')} {'matches' if len(keys) == 1 else 'match'}",
        err=True,
    )
    n_taken = 0
    if keys and not dry_run:
        agreed(f"Do {counted(len(keys), 'finished sample')} again?", yes=yes or len(keys) <= ASK_FROM)
        n_taken = asyncio.run(_take_back(url, progress_path(run_dir, progress_file), keys, where))
        said = (
            f"{counted(n_taken, 'sample')} will be done again by the next `soar2cot run`; "
            "`soar2cot progress restore` brings the old results back"
        )
        click.echo(with_run_dir(said, run_dir), err=True)
    if as_json:
        click.echo(orjson.dumps({"matching": len(keys), "completed": n_completed, "taken_back": n_taken}))


async def _chosen(url: str, where: str) -> tuple[list[SampleKey], int]:
    ledger = await open_ledger(url, read_only=True)
    try:
        return await ledger.matching(where), (await ledger.counts()).completed
    finally:
        await ledger.aclose()


async def _take_back(url: str, progress: Path, keys: list[SampleKey], where: str) -> int:
    ledger: Ledger = await open_ledger(url)
    try:
        face = await open_face(progress, ledger)
        if face.edits:
            raise ProgressFileError(
                f"{face.tracker.path} was edited by hand ({len(face.edits.removed)} removed, {len(face.edits.added)} "
                "added) and no run has followed that yet; `soar2cot run` first, or `soar2cot progress export` drops it"
            )
        n_taken = await ledger.forget(keys, reason=f"redo --where {where}")
        await face.rewrite()
        return n_taken
    finally:
        await ledger.aclose()
