"""The command line: one file per command, loaded when it is called."""

from __future__ import annotations

import atexit
import gc
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

import click

from soar2cot.cli.hints import kept_run_dir, with_run_dir
from soar2cot.errors import Soar2CotError

COMMANDS = {
    "run": "soar2cot.cli.run:run",
    "plan": "soar2cot.cli.plan:plan",
    "status": "soar2cot.cli.status:status",
    "pause": "soar2cot.cli.control:pause",
    "resume": "soar2cot.cli.control:resume",
    "limit": "soar2cot.cli.control:limit",
    "label": "soar2cot.cli.label:label",
    "compact": "soar2cot.cli.compact:compact",
    "download": "soar2cot.cli.download:download",
    "retry": "soar2cot.cli.failures:retry",
    "failures": "soar2cot.cli.failures:failures",
    "redo": "soar2cot.cli.redo:redo",
    "progress": "soar2cot.cli.progress:progress",
    "export": "soar2cot.cli.export:export",
    "report": "soar2cot.cli.report:report",
    "view": "soar2cot.cli.view:view",
    "explain": "soar2cot.cli.explain:explain",
    "verify": "soar2cot.cli.verify:verify",
    "doctor": "soar2cot.cli.doctor:doctor",
    "fsck": "soar2cot.cli.fsck:fsck",
    "crashtest": "soar2cot.cli.crashtest:crashtest",
}

HELP = {
    "run": "Turn SOAR programs into checked instructions; go on where the last run stopped.",
    "plan": "Say what a run would do: reuse, retry, do anew, and why.",
    "status": "Show how far a run is.",
    "pause": "Let a running one start nothing new.",
    "resume": "Let a paused one go on.",
    "limit": "Let a running one work on N samples at once.",
    "label": "Make one labelled file, in the order of work, of raw SOAR files.",
    "compact": "Write the data file without the completed rows.",
    "download": "Fetch the SOAR data set from the Hugging Face hub.",
    "retry": "Make parked samples be tried again.",
    "failures": "List the parked samples, grouped by reason.",
    "redo": "Do finished samples again; the old results are kept as superseded.",
    "progress": "Show, export, import, restore or reset progress.json.",
    "export": "Write the data set.",
    "report": "Write a report on one or several runs.",
    "view": "Look at a run in a browser.",
    "explain": "Explain one program, or measure how many can be explained.",
    "verify": "Run every program of a file and compare with its stored outputs.",
    "doctor": "Check this machine: sandbox, ledger, model server.",
    "fsck": "Check ledger, progress.json and exports against each other.",
    "crashtest": "Kill a synthetic run again and again on your own disk and database.",
}


class Lazy(click.Group):
    """A group that imports a command's module only when the command is asked for: `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, HELP[name]) for name in COMMANDS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Loads one command; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        return getattr(sys.modules.get(module) or _loaded(module), attribute)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command. Commands that an error names are given the run directory."""
        try:
            return super().invoke(ctx)
        except Soar2CotError as error:
            error.args = (with_run_dir(str(error), kept_run_dir(ctx)),)
            raise


def _loaded(module: str) -> ModuleType:
    """Loads a module without the garbage collector, which would look again and again through what stays for good, and
    which leaves it alone afterwards: a seventh of the time (0.83 against 0.71 s of CPU for `run`, November 2026)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        atexit.register(gc.unfreeze)  # at the end all is looked through: duckdb reports what is left as leaked
        if was_on:
            gc.enable()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="soar2cot")
def cli() -> None:
    """Turns SOAR programs into checked instructions and chain of thought, and survives being stopped."""


def main() -> None:
    """The entry point of the `soar2cot` command: errors made for people come out as one text, without a traceback."""
    try:
        code = cli.main(standalone_mode=False)  # what a command gave to `exit`, None where it came to its end
        sys.exit(code or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Soar2CotError as error:
        click.echo(f"soar2cot: {error}", err=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped. Nothing is lost.", err=True)
        sys.exit(130)
