"""`soar2cot run`: from flags, variables and TOML to one configuration, and from a summary to an exit code."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from soar2cot import faults
from soar2cot.cli.hints import with_run_dir
from soar2cot.cli.options import run_dir_option
from soar2cot.cli.settings import FLAGS, load_config
from soar2cot.concurrency import quick_loop
from soar2cot.config import ApiKeys, RunConfig
from soar2cot.display import open_display, words
from soar2cot.errors import ConfigError
from soar2cot.events import Events, RunStarted
from soar2cot.logs import configure_logs
from soar2cot.pipeline import Summary
from soar2cot.run import RunOptions, execute, exit_code

F = TypeVar("F", bound=Callable[..., Any])


def setting_options(command: F) -> F:
    """An option for every setting that has a flag."""
    for flag in reversed(FLAGS):
        command = flag.option()(command)
    return command


@click.command(context_settings={"show_default": True})
@run_dir_option
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="SOAR2COT_CONFIG",
    help="A TOML file of settings; flags and variables go before it.",
)
@click.option(
    "--preset", envvar="SOAR2COT_PRESET", help="Settings that ship, by name: small, openai, vllm-gpt-oss-20b …"
)
@setting_options
@click.option(
    "--accept-config-change", is_flag=True, help="Go on although settings or data differ from the runs before."
)
@click.option("--yes", is_flag=True, help="Do not ask before finished samples are done again.")
@click.option("--quiet", is_flag=True, help="Nothing but warnings and the last line.")
@click.option(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info", envvar="SOAR2COT_LOG_LEVEL"
)
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", envvar="SOAR2COT_LOG_FORMAT")
@click.option(
    "--display",
    type=click.Choice(["auto", "rich", "plain", "quiet"]),
    default="auto",
    envvar="SOAR2COT_DISPLAY",
    help="The view while it runs.",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65_535),
    envvar="SOAR2COT_METRICS_PORT",
    help="Serve Prometheus metrics on this port of the loopback while it runs.",
)
@click.option("--i-know", is_flag=True, help="Needed for --sandbox none: the programs are code that nobody has read.")
def run(
    run_dir: Path,
    config_file: Path | None,
    preset: str | None,
    *,
    accept_config_change: bool,
    yes: bool,
    quiet: bool,
    log_level: str,
    log_format: Any,
    display: Any,
    metrics_port: int | None,
    i_know: bool,
    **given: Any,
) -> None:
    """Turn SOAR programs into checked instructions; go on where the last run stopped.

    Without any option: the sample that ships, the symbolic engine, SQLite in runs/default.
    Exit codes: 0 all done, 3 some samples failed, 4 budget spent, 130 or 143 stopped by a signal.
    """
    faults.arm_from_text(os.environ.get("SOAR2COT_FAULT", ""))
    config = load_config(run_dir, config_file=config_file, preset=preset, given=given)
    if config.sandbox == "none" and not i_know:
        raise click.UsageError("--sandbox none runs unread programs with your rights; say --i-know if that is meant")
    calm = "warning" if log_level == "info" else log_level

    def logs(level: str) -> None:
        configure_logs(
            level=level,
            log_format=log_format,
            directory=run_dir / "logs",
            reworded=lambda said: with_run_dir(said, run_dir),
        )

    logs(calm if quiet else log_level)
    options = RunOptions(accept_config_change=accept_config_change, confirm=confirmer(yes=yes), keys=api_keys())
    with open_display("quiet" if quiet else display, config=config) as view:
        options.events.subscribe(view.watch)
        if view.draws:  # a line for each sample would push the picture away; the file in logs/ has them all
            options.events.subscribe(lambda event: logs(calm) if isinstance(event, RunStarted) else None)
        loop = quick_loop() if config.engine == "llm" else None
        with metrics(metrics_port, options.events), asyncio.Runner(loop_factory=loop) as runner:
            summary = runner.run(execute(config, options))
    said = ending(summary, config, called(), sys.argv[1:] or ["run"])
    click.echo("\n".join(said[:1] if quiet else said), err=True)
    sys.exit(exit_code(summary))


@contextmanager
def metrics(port: int | None, events: Events) -> Generator[None]:
    """Serves the run's numbers for Prometheus; nothing without a port."""
    if port is None:
        yield
        return
    try:
        from soar2cot.web.metrics import Metrics
    except ImportError as error:
        raise ConfigError("--metrics-port needs prometheus-client: pip install 'soar2cot[web]'") from error
    numbers = Metrics()
    events.subscribe(numbers.watch)
    with numbers.serving(port):
        yield


def api_keys() -> ApiKeys:
    """OPENAI_API_KEY; SOAR2COT_FOLLOWER_API_KEY for a follower on another server."""
    return ApiKeys(os.environ.get("OPENAI_API_KEY"), os.environ.get("SOAR2COT_FOLLOWER_API_KEY"))


def confirmer(*, yes: bool) -> Callable[[str], bool]:
    """Asks on a terminal; without one, only `--yes` is a yes."""

    def confirm(question: str) -> bool:
        return yes or (sys.stdin.isatty() and click.confirm(f"{question}. Go on?", err=True))

    return confirm


def ending(summary: Summary, config: RunConfig, program: Sequence[str], arguments: Sequence[str]) -> list[str]:
    """What was done in the first line, then what can be typed next, a command a line."""
    same = shlex.join([*program, *arguments])
    of_this = ["--run-dir", str(config.run_dir)]
    done = words.counted(summary.completed, "sample completed", "samples completed")
    failed = f", {summary.n_failed:,} failed ({reasons(summary)})" if summary.failed else ""
    if summary.reason != "done":
        more = summary.reason == "budget"
        on = f"  go on with more: {with_more(config, program, arguments)}" if more else f"  go on: {same}"
        return [f"Stopped ({summary.reason}): {done}{failed}. Nothing is lost.", on]
    look = f"  look: {shlex.join([*program, 'status', *of_this])}"
    why = [f"  why: {shlex.join([*program, 'failures', *of_this])}"] if summary.failed else []
    if not summary.completed:
        again = f", but {summary.n_failed:,} failed again ({reasons(summary)})" if summary.failed else ""
        return [f"Nothing is left to do in {config.run_dir}{again}.", *why, look]
    return [
        f"Finished: {done}{failed}.",
        *why,
        *([f"  try the failed ones again: {same}"] if summary.failed else []),
        look,
        f"  make a data set: {shlex.join([*program, 'export', *of_this, '--out', 'DIRECTORY'])}",
    ]


def with_more(config: RunConfig, program: Sequence[str], arguments: Sequence[str]) -> str:
    """The same command with a place for a larger budget: as it stands it would stop at once."""
    budgets = {"--budget-usd": config.budget_usd, "--budget-tokens": config.budget_tokens}
    kept: list[str] = []
    given = iter(arguments)
    for word in given:
        if word in budgets:
            next(given, None)
        elif word.partition("=")[0] not in budgets:
            kept.append(word)
    more = [word for name, value in budgets.items() if value is not None for word in (name, "MORE")]
    return shlex.join([*program, *kept, *more])


def called() -> list[str]:
    """How this program was called, word by word: a command that it shows can be typed as it stands."""
    name = click.get_current_context().find_root().info_name or "soar2cot"
    if name.startswith("python -m "):  # also of `python -m soar2cot.run`, which knows no other command
        return ["python" if shutil.which("python") == sys.executable else sys.executable, "-m", "soar2cot"]
    return [sys.argv[0] if name == "soar2cot" and shutil.which(name) is None else name]


def reasons(summary: Summary) -> str:
    """The failures by type, the most frequent first."""
    ranked = sorted(summary.failed.items(), key=lambda item: -item[1])
    return ", ".join(f"{count} {name}" for name, count in ranked)
