"""`soar2cot failures`, `soar2cot retry`: the parked samples, why, and once more from the beginning."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import click
import orjson

from soar2cot.cli.hints import kept_run_dir, with_run_dir
from soar2cot.cli.options import json_option, ledger_option, ledger_url, run_dir_option
from soar2cot.display.words import counted
from soar2cot.ledger import open_ledger
from soar2cot.records import Failure

_NUMBERS = re.compile(r"0x[0-9a-f]+|\b[0-9a-f]{8}\b|\d+(\.\d+)?")


@click.command()
@run_dir_option
@ledger_option
@json_option
def failures(run_dir: Path, ledger: str | None, *, as_json: bool) -> None:
    """List the parked samples, grouped by reason, with one example each.

    The next `soar2cot run` tries them again by itself.
    """
    groups = group_by_reason(asyncio.run(_failures(ledger_url(run_dir, ledger))))
    if as_json:
        click.echo(orjson.dumps(groups, option=orjson.OPT_INDENT_2))
        return
    for item in groups:
        click.echo(f"{item['n_samples']:>7,}  {item['reason']}: {item['example']['message']}")
        click.echo(f"         e.g. {item['example']['sample']}, {counted(item['example']['attempts'], 'attempt')}")
    total = sum(item["n_samples"] for item in groups)
    said = f"{counted(total, 'parked sample')}, {counted(len(groups), 'reason')}" if total else "nothing is parked"
    click.echo(said, err=True)


@click.command()
@run_dir_option
@ledger_option
@click.option("--reason", help="Only those of this error type, as `soar2cot failures` names it.")
@click.argument("samples", nargs=-1, metavar="[TASK/ROUND/KIND]...")
def retry(run_dir: Path, ledger: str | None, reason: str | None, samples: tuple[str, ...]) -> None:
    """Forget the attempts of parked samples: the next run tries them as if for the first time.

    All of them, or those named, or those of one reason.
    """
    n_samples = asyncio.run(_retry(ledger_url(run_dir, ledger), reason, set(samples)))
    said = f"{counted(n_samples, 'sample')} will be tried again by the next `soar2cot run`"
    click.echo(with_run_dir(said, run_dir), err=True)


def group_by_reason(parked: list[Failure]) -> list[dict[str, Any]]:
    """Groups of failures with the same type and the same message but for its numbers, the largest first."""
    groups: defaultdict[tuple[str, str], list[Failure]] = defaultdict(list)
    for failure in parked:
        groups[failure.error_type, _NUMBERS.sub("#", failure.message.replace(str(failure.key), "#"))].append(failure)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        {
            "reason": error_type,
            "n_samples": len(found),
            "example": {
                "sample": str(found[0].key),
                "message": found[0].message,
                "attempts": found[0].attempts,
                "failed_at": found[0].failed_at,
            },
        }
        for (error_type, _), found in ordered
    ]


async def _failures(url: str) -> list[Failure]:
    ledger = await open_ledger(url, read_only=True)
    try:
        return await ledger.failures()
    finally:
        await ledger.aclose()


async def _retry(url: str, reason: str | None, samples: set[str]) -> int:
    ledger = await open_ledger(url, create=False)
    try:
        parked = await ledger.failures()
        unknown = samples - {str(item.key) for item in parked}
        if unknown:
            said = f"not parked: {', '.join(sorted(unknown))}; `soar2cot failures` lists what is"
            raise click.BadParameter(with_run_dir(said, kept_run_dir(click.get_current_context())))
        chosen = [item.key for item in parked if not samples or str(item.key) in samples]
        if reason is not None:
            chosen = [item.key for item in parked if item.error_type == reason and item.key in set(chosen)]
        return await ledger.unpark(chosen)
    finally:
        await ledger.aclose()
