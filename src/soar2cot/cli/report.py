"""`soar2cot report`: what one or several runs came to, as one file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from soar2cot import atomic
from soar2cot.cli.options import ledger_option, ledger_url
from soar2cot.display import words
from soar2cot.errors import ConfigError
from soar2cot.ledger import open_ledger
from soar2cot.ledger.readers import open_browse


@click.command()
@click.option(
    "--run-dir",
    "run_dirs",
    type=click.Path(path_type=Path, file_okay=False),
    multiple=True,
    default=(Path("runs/default"),),
    show_default="runs/default",
    help="Run directory; give several to see them side by side.",
)
@ledger_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    help="File to write; the ending .md gives Markdown.",
)
def report(run_dirs: tuple[Path, ...], ledger: str | None, out: Path) -> None:
    """Write a report: scores, lift, models, failures, cost, examples. One file that needs nothing else."""
    module = _module()
    named = (
        [(str(run_dir), ledger_url(run_dir, None)) for run_dir in run_dirs] if ledger is None else [("ledger", ledger)]
    )
    runs = asyncio.run(_collect(module, named))
    text = module.as_markdown(runs) if out.suffix == ".md" else module.as_html(runs)
    atomic.write_bytes(out, text.encode("utf-8", "replace"))
    results = words.counted(sum(run.all.n for run in runs), "result")
    click.echo(f"{results} of {words.counted(len(runs), 'run')} reported", err=True)
    click.echo(out)


async def _collect(module: Any, named: list[tuple[str, str]]) -> list[Any]:
    found: list[Any] = []
    for name, url in named:
        book, browse = await open_ledger(url, read_only=True), await open_browse(url)
        try:
            found.append(await module.collect(name, book, browse))
        finally:
            await browse.aclose()
            await book.aclose()
    return found


def _module() -> Any:
    """The report; its templates stand in the extra `web`.

    Raises: ConfigError: the extra is not installed.
    """
    try:
        from soar2cot import report as module
    except ImportError as error:
        raise ConfigError(f"report needs the extra `web` ({error}): pip install 'soar2cot[web]'") from error
    return module
