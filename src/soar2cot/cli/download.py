"""`soar2cot download`: the published SOAR data set from the Hugging Face hub."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
import orjson

from soar2cot.cli.label import progress_bar
from soar2cot.cli.options import json_option

_STAGES = {"fetched": "files"}


@click.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False), default=Path("data/soar"))
@click.option("--repository", default="julien31/soar_arc_train_5M", show_default=True, help="Data set on the hub.")
@click.option("--revision", help="Commit, tag or branch; by default the folder's own commit, else the newest.")
@click.option("--files", "pattern", default="*.parquet", show_default=True, help="Which files of it.")
@click.option("--endpoint", envvar="HF_ENDPOINT", show_envvar=True, help="Another hub than the public one.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@json_option
def download(
    out: Path, *, repository: str, revision: str | None, pattern: str, endpoint: str | None, quiet: bool, as_json: bool
) -> None:
    """Fetch the SOAR data set into the folder OUT (data/soar): one commit of it, every file checked.

    Interrupted, it goes on where it was, with the same commit. Then: soar2cot label OUT data/soar.parquet
    """
    from soar2cot.display.words import counted, size
    from soar2cot.soar_loader import download as download_files

    with progress_bar(_STAGES, hidden=quiet) as on_progress:
        report = download_files(
            out,
            repository=repository,
            revision=revision,
            pattern=pattern,
            endpoint=endpoint,
            on_progress=on_progress,
        )
    if as_json:
        click.echo(orjson.dumps(asdict(report), default=str))
        return
    click.echo(
        f"{out}: {counted(report.n_files, 'file')} of {report.repository} at {report.revision[:12]}, "
        f"{size(report.size_bytes)}, {report.n_fetched} of them fetched now\n"
        f"soar2cot label {out} data/soar.parquet"
    )
