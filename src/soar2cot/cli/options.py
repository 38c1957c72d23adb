"""Options that several commands share, and how a command finds the ledger of a run directory."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from soar2cot.cli.hints import DEFAULT_RUN_DIR, keep_run_dir
from soar2cot.errors import ConfigError

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def run_dir_option(command: F) -> F:
    """`--run-dir`: where everything of one experiment lies."""
    return click.option(
        "--run-dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=DEFAULT_RUN_DIR,
        show_default=True,
        callback=keep_run_dir,
        help="Directory that holds everything of one experiment.",
    )(command)


def ledger_option(command: F) -> F:
    """`--ledger`: another ledger than the run directory's own."""
    return click.option(
        "--ledger",
        envvar=["SOAR2COT_LEDGER", "NEON_DSN"],
        show_envvar=True,
        callback=_calm_logs,
        help="postgresql://… or sqlite:///…; by default ledger.db in the run directory.",
    )(command)


def progress_file_option(command: F) -> F:
    """`--progress-file`: another progress.json than the one that the run directory was started with."""
    return click.option(
        "--progress-file",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar=["SOAR2COT_PROGRESS_FILE", "PROGRESS_FILE"],
        show_envvar=True,
        help="By default the one that the run was started with, else progress.json in the run directory.",
    )(command)


def json_option(command: F) -> F:
    """`--json`: one JSON value on stdout instead of words."""
    return click.option(
        "--json", "as_json", is_flag=True, callback=_calm_logs, help="Print one JSON value instead of words."
    )(command)


def _calm_logs(_ctx: click.Context, _parameter: click.Parameter, value: T) -> T:
    """Log lines of a command that is no run: warnings alone, and to stderr, so that they stay out of its data."""
    from soar2cot.logs import configure_logs

    configure_logs(level="warning")
    return value


def agreed(question: str, *, yes: bool) -> None:
    """Returns where what is asked may be done: `--yes` was given, or somebody at the terminal says so.

    Raises: ConfigError: nobody can be asked, or the answer is no.
    """
    if yes:
        return
    if not at_terminal():
        raise ConfigError(
            f"{question} There is no terminal to ask on; give --yes if that is meant. Nothing was changed"
        )
    if not click.confirm(question, err=True):
        raise ConfigError("nothing was changed")


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def ledger_url(run_dir: Path, ledger: str | None) -> str:
    """The ledger's address: the one given, else the one that the run directory was started with."""
    return ledger or _remembered(run_dir, "ledger") or f"sqlite:///{run_dir / 'ledger.db'}"


def progress_path(run_dir: Path, progress_file: Path | None) -> Path:
    """Where progress.json is: at the place given, else where the run directory was started with it."""
    return Path(progress_file or _remembered(run_dir, "progress_file") or run_dir / "progress.json")


def _remembered(run_dir: Path, name: str) -> str | None:
    try:
        return tomllib.loads((run_dir / "config.toml").read_text()).get(name)
    except (OSError, tomllib.TOMLDecodeError):
        return None
