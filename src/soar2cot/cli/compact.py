"""`soar2cot compact`: take what is finished out of the data file."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from soar2cot import faults
from soar2cot.cli.label import progress_bar
from soar2cot.cli.options import json_option, ledger_option, progress_file_option, run_dir_option
from soar2cot.errors import ConfigError, DataChangedError

if TYPE_CHECKING:
    from soar2cot.config import RunConfig
    from soar2cot.ledger import Ledger
    from soar2cot.progress_tracker import Face, ProgressTracker
    from soar2cot.soar_loader import CompactReport

_STAGES = {"compacted": "writing what is left"}


@click.command()
@run_dir_option
@ledger_option
@progress_file_option
@click.option("--data", help="The labelled file or folder; by default the one that the run directory was started with.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the result here and leave the data as it is.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@json_option
def compact(
    run_dir: Path,
    ledger: str | None,
    data: str | None,
    *,
    progress_file: Path | None,
    out: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write the data file without the rows that are finished.

    The rows that stay keep their keys. The new file is read back and compared before it takes the old one's name;
    stopped at any instant there is one whole file. Other run directories that use the same file notice it, and
    refuse: give them a file of their own.
    """
    from soar2cot.cli.settings import load_config
    from soar2cot.display.words import counted, size

    given = {"data": data, "ledger": ledger, "progress_file": progress_file}
    config = load_config(run_dir, config_file=None, preset=None, given=given)
    report = asyncio.run(_compact(config, out, quiet=quiet))
    if as_json:
        click.echo(orjson.dumps(asdict(report), default=str))
        return
    saved = report.size_before_bytes - report.size_bytes
    click.echo(
        f"{report.out}: {counted(report.n_removed, 'finished row')} out, {report.n_rows:,} left, {size(saved)} less"
    )


async def _compact(config: RunConfig, out: Path | None, *, quiet: bool) -> CompactReport:
    """Holds the ledger's lock meanwhile: a run that goes on would add completions."""
    from soar2cot.progress_tracker import ProgressTracker

    path, progress = _data_path(config), config.progress_path
    ledger = await _open(config)
    if ledger is None:
        tracker = ProgressTracker(progress)
        report = _write(path, tracker, out, quiet=quiet)
        tracker.mark_parquet_updated()
        return report
    try:
        face = await _checked_face(progress, ledger, path)
        report = _write(path, face.tracker, out, quiet=quiet)
        face.tracker.last_saved_to_parquet = len(face.tracker.keys)
        await face.write()
        return report
    finally:
        await ledger.aclose()


def _write(path: Path, tracker: ProgressTracker, out: Path | None, *, quiet: bool) -> CompactReport:
    from soar2cot.soar_loader import compact as compact_file

    with progress_bar(_STAGES, hidden=quiet) as on_progress:
        report = compact_file(path, tracker.keys.columns(), out=out, on_progress=on_progress)
    faults.point("compact.before_mark")
    return report


def _data_path(config: RunConfig) -> Path:
    if config.data is None:
        raise ConfigError(f"{config.run_dir} uses the sample that ships, which stays as it is; name a file with --data")
    path = Path(config.data)
    if not path.exists():
        raise ConfigError(
            f"{config.data}: only one labelled file or folder can be compacted, and this is none; see --data"
        )
    return path


async def _open(config: RunConfig) -> Ledger | None:
    """The ledger, None where there is none: then progress.json alone says what is done."""
    from soar2cot.ledger import open_ledger

    path = config.run_dir / "ledger.db"
    if config.ledger is None and not path.exists():
        return None
    return await open_ledger(config.ledger or f"sqlite:///{path}")


async def _checked_face(progress: Path, ledger: Ledger, path: Path) -> Face:
    """What the ledger knows as done, where progress.json says the same and the data is the ledger's own."""
    from soar2cot.progress_tracker import open_face
    from soar2cot.soar_loader import open_soar

    known = {run.data_identity for run in await ledger.runs()} - {None}
    identity = open_soar(path).identity
    if known and identity not in known:
        raise DataChangedError(
            f"{path} (identity {identity[:24]}) is not the data of {ledger.url}; nothing was changed. Name the file "
            "that this run directory was started with as --data"
        )
    face = await open_face(progress, ledger)
    if face.edits:
        raise ConfigError(
            f"{progress} was edited by hand since the last run ({len(face.edits.removed)} entries removed, "
            f"{len(face.edits.added)} added); nothing was changed. `soar2cot run` settles it, then compact"
        )
    return face
