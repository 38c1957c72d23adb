"""`soar2cot plan`: what a run would reuse, redo, retry and do for the first time, before it costs anything."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import orjson

from soar2cot.cli.options import json_option, run_dir_option
from soar2cot.cli.run import setting_options
from soar2cot.cli.settings import load_config
from soar2cot.display.words import counted, short
from soar2cot.engines.llm.estimate import Cost, Estimate
from soar2cot.logs import configure_logs
from soar2cot.plan import Plan, make_plan


@click.command(context_settings={"show_default": True})
@run_dir_option
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="SOAR2COT_CONFIG",
    help="A TOML file of settings.",
)
@click.option("--preset", envvar="SOAR2COT_PRESET", help="Settings that ship.")
@setting_options
@json_option
def plan(run_dir: Path, config_file: Path | None, preset: str | None, *, as_json: bool, **given: Any) -> None:
    """Say what `soar2cot run` with the same options would do. Changes nothing."""
    configure_logs(level="warning")
    config = load_config(run_dir, config_file=config_file, preset=preset, given=given)
    found = asyncio.run(make_plan(config))
    click.echo(orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2) if as_json else "\n".join(words(found)))


def words(found: Plan) -> list[str]:
    """The plan for people."""
    lines = [
        counted(found.reused, "sample is done and is reused", "samples are done and are reused"),
        counted(found.retried, "sample failed before and is tried again", "samples failed before and are tried again"),
        counted(found.half_done, "sample is half done", "samples are half done"),
        counted(
            found.answers_on_record,
            "answer on record is not paid for again",
            "answers on record are not paid for again",
        ),
        counted(found.new, "sample is new", "samples are new"),
    ]
    if found.redone:
        redone = counted(found.redone, "finished sample is done again", "finished samples are done again")
        lines.append(f"{redone}: removed from progress.json by hand")
    if found.skipped:
        skipped = counted(found.skipped, "sample is skipped", "samples are skipped")
        lines.append(f"{skipped} without a result: added to progress.json by hand")
    lines += [f"changed setting, a run would be refused: {change}" for change in found.changes]
    return lines + (estimate_words(found.estimate) if found.estimate is not None else [])


def estimate_words(found: Estimate) -> list[str]:
    """The cost for people."""
    if not found.from_samples:
        return []
    return [
        f"models, where the first step suffices: {_cost_words(found.least)}",
        f"models, where every step is taken:     {_cost_words(found.most)}",
        f"  from the prompts of {counted(found.from_samples, 'sample')}; assumed: {found.assumed}",
    ]


def _cost_words(cost: Cost) -> str:
    usd = "price not known (--prices)" if cost.usd is None else f"${cost.usd:,.2f}"
    return f"{counted(cost.calls, 'call')}, {short(cost.prompt_tokens)} + {short(cost.completion_tokens)} tokens, {usd}"
