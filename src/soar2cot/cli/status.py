"""`soar2cot status`: how far a run is, seen from another terminal."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import orjson

from soar2cot.cli.hints import with_run_dir
from soar2cot.cli.options import json_option, ledger_option, ledger_url, run_dir_option
from soar2cot.control import Control, read_control
from soar2cot.display import words
from soar2cot.display.overview import Overview, overview
from soar2cot.ledger.browse import Browse
from soar2cot.ledger.readers import open_browse

_STATES = {
    "running": "running",
    "died": "not running: the last run ended without a word; start it again, nothing is lost",
    "new": "nothing was started yet",
    "elsewhere": "running on another machine, or ended there without a word",
}


@click.command()
@run_dir_option
@ledger_option
@click.option("--watch", is_flag=True, help="Look again every few seconds, until Ctrl+C.")
@click.option(
    "--every", "every_s", type=click.FloatRange(0.2), default=2.0, show_default=True, help="Seconds between two looks."
)
@json_option
def status(run_dir: Path, ledger: str | None, *, watch: bool, every_s: float, as_json: bool) -> None:
    """Show how far a run is: samples, pace, scores, cost, failures. Reads only; a running one is not disturbed."""
    try:
        asyncio.run(_status(run_dir, ledger_url(run_dir, ledger), every_s if watch else None, as_json=as_json))
    except KeyboardInterrupt:
        click.echo(err=True)


async def _status(run_dir: Path, url: str, every_s: float | None, *, as_json: bool) -> None:
    browse = await open_browse(url)
    try:
        await _show(browse, run_dir, as_json=as_json, clear=False)
        while every_s is not None:
            await asyncio.sleep(every_s)
            await _show(browse, run_dir, as_json=as_json, clear=True)
    finally:
        await browse.aclose()


async def _show(browse: Browse, run_dir: Path, *, as_json: bool, clear: bool) -> None:
    state, control = await overview(browse, now=time.time), read_control(run_dir)
    if as_json:
        click.echo(orjson.dumps(as_values(state, control)))
        return
    if clear:
        click.clear()
    click.echo(with_run_dir(as_text(state, control), run_dir))


def as_values(state: Overview, control: Control) -> dict[str, Any]:
    """What `--json` prints."""
    return {**asdict(state), "remaining": state.remaining, "control": asdict(control)}


def as_text(state: Overview, control: Control) -> str:
    """The state in a few lines."""
    of = "" if state.total is None else f" of {state.total:,} ({words.share(state.completed, state.total)})"
    left = "" if state.remaining is None else f", {state.remaining:,} left"
    lines = [("state", _state(state, control)), ("samples", f"{state.completed:,}{of} done{left}")]
    if state.rate_per_s is not None:
        lines.append(("pace", f"{words.rate(state.rate_per_s)}, {words.duration(state.eta_s)} to go"))
    if state.mean_score is not None:
        lines.append(("scores", f"mean {state.mean_score:.3f}, {words.share(state.perfect, state.scored)} perfect"))
    if state.calls:
        cached = f", {state.cached_share:.0%} of prompt tokens cached" if state.cached_share else ""
        lines.append(("calls", f"{state.calls:,}, {words.short(state.tokens)} tokens, ${state.cost_usd:,.2f}{cached}"))
    if state.failed:
        lines.append(("failed", f"{state.failed:,}: " + ", ".join(f"{n:,} {why}" for why, n in state.failures.items())))
    return "\n".join(f"{name:8} {text}" for name, text in lines)


def _state(state: Overview, control: Control) -> str:
    ended = "finished" if state.reason == "done" else f"stopped ({state.reason})"
    text = _STATES.get(state.state, f"{ended} after {words.counted(state.n_runs, 'start')}")
    if state.state != "running":
        return text
    paused = "paused (`soar2cot resume`)" if control.paused else text
    if control.limit is None:
        return paused
    return (
        f"{paused}, as many at once as it finds out"
        if control.limit == "auto"
        else f"{paused}, at most {control.limit} at once"
    )
