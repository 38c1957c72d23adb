"""`soar2cot pause | resume | limit N`: steering a run that goes on, from another terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from soar2cot.cli.hints import with_run_dir
from soar2cot.cli.options import run_dir_option
from soar2cot.control import Control, read_control, write_control
from soar2cot.errors import ConfigError


@click.command()
@run_dir_option
def pause(run_dir: Path) -> None:
    """Let a running one start nothing new; what is in flight is finished."""
    _wish(run_dir, replace(_standing(run_dir), paused=True))
    said = "Paused: what is in flight is finished, nothing new is started. Go on with `soar2cot resume`"
    click.echo(with_run_dir(said, run_dir), err=True)


@click.command()
@run_dir_option
def resume(run_dir: Path) -> None:
    """Let a paused one go on."""
    _wish(run_dir, replace(_standing(run_dir), paused=False))
    click.echo("Resumed.", err=True)


@click.command()
@run_dir_option
@click.argument("n", metavar="N|auto", type=str)
def limit(run_dir: Path, n: str) -> None:
    """Let a running one have N model calls out at each endpoint (without a model: N samples under way) at once.

    `auto` lets it find the number itself.
    """
    if n != "auto" and not (n.isdecimal() and int(n) >= 1):
        raise click.UsageError(f"the limit is {n!r}; give a number from 1, or auto")
    _wish(run_dir, replace(_standing(run_dir), limit="auto" if n == "auto" else int(n)))
    click.echo(f"At once: {n}.", err=True)


def _standing(run_dir: Path) -> Control:
    if not any((run_dir / name).is_file() for name in ("ledger.db", "config.toml")):
        raise ConfigError(f"{run_dir}: no run was ever started there; name the run's directory with --run-dir")
    return read_control(run_dir)


def _wish(run_dir: Path, control: Control) -> None:
    write_control(run_dir, control)
