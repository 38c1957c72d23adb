"""`soar2cot label`: raw SOAR files into one labelled file, once and for all."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from soar2cot.cli.options import json_option

if TYPE_CHECKING:
    from soar2cot.soar_loader import LabelReport

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_STAGES = {"dealt": "reading and dealing out", "written": "sorting and writing"}


class Size(click.ParamType[int]):
    """A number of bytes: 4G, 512M, 1000000."""

    name = "SIZE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Bytes."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?)i?b?", str(value).strip().lower())
        if not found or float(found[1]) == 0:
            return self.fail(f"{value!r} is no size like 4G, 512M or 1000000", param, ctx)
        return int(float(found[1]) * _UNITS[found[2]])


@click.command()
@click.argument("raw", nargs=-1, required=True)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--memory", type=Size(), default="4G", show_default=True, help="What all of it may use.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, exists=True),
    help="A labelled file whose programs keep their numbers; by default OUT itself, where it exists.",
)
@click.option("--quiet", is_flag=True, help="No progress bar.")
@json_option
def label(raw: tuple[str, ...], out: Path, *, memory: int, keep: Path | None, quiet: bool, as_json: bool) -> None:
    """Give every row its round and data type, and bring the rows into the order of work.

    RAW: SOAR parquet files, folders, globs or addresses (hf://…, s3://…), in any order. OUT: a name ending in
    .parquet for one file, else a folder of parts. OUT is whole or as it was, whenever this is stopped.
    """
    from soar2cot.soar_loader import label as label_files

    with progress_bar(_STAGES, hidden=quiet) as on_progress:
        report = label_files(raw, out, memory_bytes=memory, keep=keep, on_progress=on_progress)
    for problem in report.first_bad:
        click.echo(f"unusable: {problem}", err=True)
    if as_json:
        click.echo(orjson.dumps(asdict(report), default=str))
    else:
        click.echo("\n".join(_words(report)))


def _words(report: LabelReport) -> list[str]:
    from soar2cot.display.words import counted, size

    lines = [
        f"{report.out}: {counted(report.n_rows, 'row')} of {counted(report.n_tasks, 'task')} in "
        f"{counted(report.n_rounds, 'round')}, {size(report.size_bytes)}",
        f"{report.n_original:,} original, {report.n_hindsight:,} hindsight",
    ]
    if report.kept:
        lines.append(f"{counted(report.kept, 'row')} kept their number, {report.n_rows - report.kept:,} new")
    if report.bad_rows:
        lines.append(
            f"{counted(report.bad_rows, 'row')} cannot be used (see above); a run parks each such row and goes on"
        )
    return [*lines, f"soar2cot run --data {report.out}"]


@contextmanager
def progress_bar(stages: dict[str, str], *, hidden: bool) -> Generator[Any]:
    """A callback (stage, done, total) that draws on stderr; it draws nothing where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=hidden or not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def on_progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stages.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done)

        yield on_progress
