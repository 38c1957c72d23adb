"""`soar2cot export`: the ledger as a data set for training."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from soar2cot.cli.options import json_option, ledger_option, ledger_url, run_dir_option
from soar2cot.export import VIEWS

if TYPE_CHECKING:
    from soar2cot.export import ExportOptions, ExportSummary

_N_NAMED = 5


@click.command()
@run_dir_option
@ledger_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the data set.")
@click.option(
    "--view",
    "views",
    multiple=True,
    type=click.Choice(["all", *VIEWS]),
    default=("records", "messages"),
    show_default=True,
    help="What to render; may be given several times.",
)
@click.option("--where", help='SQL condition over the columns of `records`, e.g. "training_score = 1".')
@click.option(
    "--test-share",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Share of tasks held back in the split `test`.",
)
@click.option(
    "--max-similar", type=click.IntRange(1), help="Of near-duplicate methods of one task keep the best so many."
)
@click.option("--jsonl", is_flag=True, help="Write every view as JSONL too.")
@click.option("--keep-evaluation", is_flag=True, help="Keep records with grids of ARC's evaluation tasks.")
@click.option(
    "--arc",
    type=click.Path(path_type=Path, exists=True),
    help="ARC tasks in the official layout; by default the library's.",
)
@click.option(
    "--sandbox",
    "level",
    type=click.Choice(["full", "weak", "none"]),
    default="full",
    show_default=True,
    help="How strictly programs are confined.",
)
@click.option("--push", metavar="OWNER/NAME", help="Upload to this data-set repository of the Hugging Face hub.")
@click.option("--hub-url", envvar="HF_ENDPOINT", show_envvar=True, help="Another hub than huggingface.co.")
@json_option
def export(
    run_dir: Path,
    ledger: str | None,
    out: Path,
    views: tuple[str, ...],
    arc: Path | None,
    level: Any,
    keep_evaluation: bool,
    push: str | None,
    hub_url: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Write what is done as a data set: parquet, JSONL, a card.

    Only records whose program, executed now, gives the stored grids are exported; the others are counted and named.
    A second export to the same folder does only what is new.
    """
    from soar2cot.export import ExportOptions

    chosen = ExportOptions(views=tuple(VIEWS) if "all" in views else tuple(dict.fromkeys(views)), **options)
    summary = asyncio.run(
        _export(ledger_url(run_dir, ledger), out, arc=arc, level=level, keep_evaluation=keep_evaluation, options=chosen)
    )
    address = _pushed(out, push, hub_url) if push else None
    if as_json:
        click.echo(orjson.dumps(_as_json(summary, address)))
    else:
        _tell(summary, address)


def _pushed(out: Path, repository: str, hub_url: str | None) -> str:
    from soar2cot.export.push import push as push_folder

    return push_folder(out, repository, endpoint=hub_url)


async def _export(
    url: str, out: Path, *, arc: Path | None, level: Any, keep_evaluation: bool, options: ExportOptions
) -> ExportSummary:
    from soar2cot.config import ProgramLimits
    from soar2cot.export import export as export_ledger
    from soar2cot.export.held_out import evaluation_tasks
    from soar2cot.ledger import open_ledger
    from soar2cot.sandbox import open_sandbox
    from soar2cot.soar_loader import load_arc_tasks

    ledger = await open_ledger(url, read_only=True)
    try:
        sandbox = open_sandbox(level, ProgramLimits())
        try:
            held_out = None if keep_evaluation else evaluation_tasks(arc)
            return await export_ledger(ledger, sandbox, load_arc_tasks(arc), out, held_out=held_out, options=options)
        finally:
            sandbox.close()
    finally:
        await ledger.aclose()


def _as_json(summary: ExportSummary, address: str | None) -> dict[str, Any]:
    return {
        "out": str(summary.out),
        "records": summary.n_records,
        "exported": summary.n_exported,
        "executed": summary.n_executed,
        "left_out": dict(summary.left_out),
        "rows": summary.rows,
        "pushed_to": address,
    }


def _tell(summary: ExportSummary, address: str | None) -> None:
    """Words for people, on stderr; the folder alone on stdout."""
    from soar2cot.display.words import counted

    lines = [
        f"{summary.n_exported:,} of {counted(summary.n_records, 'record')} exported "
        f"({counted(summary.n_executed, 'program')} executed)"
    ]
    lines += list(_left_out(summary))
    for view, splits in summary.rows.items():
        lines.append(f"  {view}: {counted(splits['train'], 'row')} for training, {splits['test']:,} held back")
    if summary.n_unreached:
        lines.append(
            f"  {counted(summary.n_unreached, 'test input')} in `records` alone: following the text gave another grid"
        )
    if address:
        lines.append(f"Uploaded to {address}")
    files = f"{summary.out}/data/*/train-*.parquet"
    lines.append(f"Open it: datasets.load_dataset({str(summary.out)!r}), or polars.read_parquet of one of {files}")
    click.echo("\n".join(lines), err=True)
    click.echo(summary.out)


def _left_out(summary: ExportSummary) -> Iterable[str]:
    for why, n in summary.left_out.most_common():
        named = ", ".join(summary.examples[why][:_N_NAMED])
        more = " …" if n > _N_NAMED else ""
        yield f"  {n:,} left out, {why}: {named}{more}"
    if summary.left_out:
        yield f"  all of them are named in {summary.out / 'left_out.csv'}"
