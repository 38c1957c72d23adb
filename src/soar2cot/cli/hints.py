"""Commands that a message names, with the run directory that it is about: typed as they stand, they act on that one.

The rooms below the command line know no options: they name a command in backquotes, and its directory is put in here.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

DEFAULT_RUN_DIR = Path("runs/default")

_KEPT = "soar2cot.cli.run_dir"
_COMMAND = re.compile(
    r"`(soar2cot (?:run|plan|status|pause|resume|limit|compact|retry|failures|redo|export|view|fsck|progress \w+))"
    r"(?! --run-dir)(?=[ `])"
)


def keep_run_dir(ctx: click.Context, _parameter: click.Parameter, value: Path) -> Path:
    """Notes which run directory the command was given, for `with_run_dir` above it."""
    ctx.meta[_KEPT] = value
    return value


def kept_run_dir(ctx: click.Context) -> Path:
    """The run directory that the command of this context was given; the default where it takes none."""
    return ctx.meta.get(_KEPT, DEFAULT_RUN_DIR)


def with_run_dir(text: str, run_dir: Path) -> str:
    """`soar2cot progress restore` as `soar2cot progress restore --run-dir runs/x`, where it is not the default."""
    if run_dir == DEFAULT_RUN_DIR or "`soar2cot " not in text:
        return text
    return _COMMAND.sub(lambda found: f"`{found[1]} --run-dir {shlex.quote(str(run_dir))}", text)
