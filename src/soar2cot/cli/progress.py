"""`soar2cot progress`: progress.json and the ledger behind it, shown and mended from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import click
import orjson

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
from soar2cot.done_keys import known_keys
from soar2cot.ledger import open_ledger
from soar2cot.ledger.base import Ledger
from soar2cot.progress_file import read_progress
from soar2cot.progress_tracker import NO_EDITS, Face, ProgressTracker, open_face

T = TypeVar("T")
Batch: TypeAlias = dict[str, Any]


@click.group()
def progress() -> None:
    """Show, export, import, restore or reset progress.json. The ledger is the truth, the file is its face."""


@progress.command()
@run_dir_option
@ledger_option
@progress_file_option
@json_option
def show(run_dir: Path, ledger: str | None, *, progress_file: Path | None, as_json: bool) -> None:
    """How many samples are done, what was edited by hand since the last run, what can be restored."""

    async def look(opened: Ledger) -> dict[str, object]:
        face = await open_face(progress_path(run_dir, progress_file), opened)
        return {
            **face.stats,
            "removed_by_hand": len(face.edits.removed),
            "added_by_hand": len(face.edits.added),
            "superseded": await _batches(opened),
        }

    found = _with_ledger(run_dir, ledger, look, read_only=True)
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
        return
    for name, value in found.items():
        click.echo(f"{name.replace('_', ' ')}: {value if not isinstance(value, list) else len(value)}")  # pyright: ignore[reportUnknownArgumentType]


@progress.command()
@run_dir_option
@ledger_option
@progress_file_option
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="A copy, and the run's own stays as it is."
)
def export(run_dir: Path, ledger: str | None, *, progress_file: Path | None, out: Path | None) -> None:
    """Write progress.json anew from the ledger; edits in the file are dropped."""

    path = progress_path(run_dir, progress_file)

    async def write(opened: Ledger) -> int:
        if out is None:
            return await _written_anew(path, opened)
        tracker = ProgressTracker.empty(out)  # a copy: the ledger goes on comparing with the run directory's own file
        tracker.keys = (await known_keys(opened)).keys
        tracker.write()
        return len(tracker.keys)

    count = _with_ledger(run_dir, ledger, write, read_only=out is not None)
    click.echo(f"{out or path}: {counted(count, 'sample')}, from the ledger", err=True)


@progress.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@run_dir_option
@ledger_option
@progress_file_option
def import_(file: Path, run_dir: Path, ledger: str | None, *, progress_file: Path | None) -> None:
    """Skip the samples that FILE, a progress.json of anywhere, lists as completed."""

    async def adopt(opened: Ledger) -> int:
        found = read_progress(file)
        count = await opened.adopt(list(found.keys) if found else [], run_id="progress import")
        await _written_anew(progress_path(run_dir, progress_file), opened)
        return count

    click.echo(
        f"{counted(_with_ledger(run_dir, ledger, adopt, create=True), 'sample')} of {file} will be skipped", err=True
    )


@progress.command()
@run_dir_option
@ledger_option
@progress_file_option
@click.option("--batch", type=int, help="Which act to take back; the latest by default. See --list.")
@click.option("--list", "listing", is_flag=True, help="Only show what can be restored.")
@json_option
def restore(
    run_dir: Path, ledger: str | None, progress_file: Path | None, batch: int | None, *, listing: bool, as_json: bool
) -> None:
    """Bring superseded results back; what was done since then is kept as superseded in its place."""
    if listing:
        _tell_batches(_with_ledger(run_dir, ledger, _batches, read_only=True), as_json=as_json)
        return

    async def bring_back(opened: Ledger) -> int:
        count = await opened.restore(batch)
        await _written_anew(progress_path(run_dir, progress_file), opened)
        return count

    count = _with_ledger(run_dir, ledger, bring_back)
    click.echo(f"{counted(count, 'sample')} restored", err=True)
    if as_json:
        click.echo(orjson.dumps({"restored": count}))


async def _batches(opened: Ledger) -> list[Batch]:
    """What can be restored, as JSON has it."""
    return [
        {"batch": item.batch, "reason": item.reason, "at": item.superseded_at, "samples": item.n_samples}
        for item in await opened.superseded()
    ]


def _tell_batches(batches: list[Batch], *, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(batches, option=orjson.OPT_INDENT_2))
        return
    for item in batches:
        click.echo(f"{item['batch']:>5}  {item['at']}  {counted(item['samples'], 'sample')}: {item['reason']}")
    if not batches:
        click.echo("nothing can be restored", err=True)


@progress.command()
@run_dir_option
@ledger_option
@progress_file_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(run_dir: Path, ledger: str | None, *, progress_file: Path | None, yes: bool) -> None:
    """Make everything be done again. Results are kept as superseded: `progress restore` brings them back."""
    agreed(f"Do everything of {run_dir} again?", yes=yes)

    async def forget(opened: Ledger) -> int:
        count = await opened.forget(list((await opened.completed()).keys), reason="progress reset")
        await _written_anew(progress_path(run_dir, progress_file), opened)
        return count

    click.echo(f"{counted(_with_ledger(run_dir, ledger, forget), 'sample')} will be done again", err=True)


async def _written_anew(path: Path, ledger: Ledger) -> int:
    """Writes progress.json from the ledger alone; gives the number of entries."""
    tracker = ProgressTracker.empty(path)
    await Face(tracker, ledger, 0, NO_EDITS, stale=True, stats={}).rewrite()
    return len(tracker.keys)


def _with_ledger(
    run_dir: Path,
    ledger: str | None,
    act: Callable[[Ledger], Awaitable[T]],
    *,
    read_only: bool = False,
    create: bool = False,
) -> T:
    async def acting() -> T:
        opened = await open_ledger(ledger_url(run_dir, ledger), read_only=read_only, create=create)
        try:
            return await act(opened)
        finally:
            await opened.aclose()

    return asyncio.run(acting())
