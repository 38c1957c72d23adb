"""Where settings come from: flags, then variables, then --config, then a preset, then the run directory itself.

A run directory remembers what it was started with and what it may cost, so `soar2cot run --run-dir X` alone goes on.
Which rows were selected, and how many at once, is not remembered: that is a wish of one start.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import click

from soar2cot.config import RESULT, RunConfig, parse_config
from soar2cot.errors import ConfigError

# what another run directory does not take over
ITS_OWN = ("ledger", "progress_file", "replay", "budget_usd", "budget_tokens")
REMEMBERED = (*RunConfig.affecting(RESULT), "data", "arc", "prices", *ITS_OWN)
NO_BUDGET = "none"


class NumberOrAuto(click.ParamType[int | str]):
    """A positive number, or `auto`."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """The number, or `auto`; a usage error for anything else."""
        if value == "auto" or (str(value).isdigit() and int(value) > 0):
            return value if value == "auto" else int(value)
        return self.fail(f"{value!r} is neither a positive number nor 'auto'", param, ctx)


class Budget(click.ParamType[float | str]):
    """A number above 0, or `none`, which takes a remembered budget back."""

    name = "N|none"

    def __init__(self, number: type[int] | type[float]) -> None:
        self._number = number

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | str:
        """The number, or `none`; a usage error for anything else."""
        if value == NO_BUDGET:
            return value
        try:
            amount = self._number(value)
        except ValueError:
            return self.fail(f"{value!r} is neither a number nor 'none'", param, ctx)
        return amount if amount > 0 else self.fail(f"{value} is no budget: it must be more than 0", param, ctx)


class Rounds(click.ParamType[tuple[int, int | None]]):
    """`A:B`, A inclusive, B exclusive, either may be missing; a single number means that round."""

    name = "A:B"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int | None]:
        """(first, end); end None: to the last."""
        if isinstance(value, tuple):
            return value  # pyright: ignore[reportUnknownVariableType]
        first, colon, end = str(value).partition(":")
        try:
            start = int(first or 0)
            stop = (int(end) if end else None) if colon else start + 1
        except ValueError:
            return self.fail(f"{value!r} is no range of rounds like 0:3, :3, 2: or 2", param, ctx)
        if start < 0 or (stop is not None and stop <= start):
            self.fail(f"{value!r} holds no round; A:B begins at A, from 0, and ends before B", param, ctx)
        return start, stop


@dataclass(frozen=True, slots=True)
class Flag:
    """A setting on the command line. `path` is its place in the configuration, dotted."""

    name: str
    path: str
    help: str
    type: Any = None
    multiple: bool = False
    is_flag: bool = False
    variables: tuple[str, ...] = ()

    @property
    def parameter(self) -> str:
        """The name of the function's parameter."""
        return self.name.removeprefix("--").replace("-", "_")

    def option(self) -> Callable[[Any], Any]:
        """The click option; unset means None, so that the next source is asked."""
        return click.option(
            self.name,
            self.parameter,
            type=self.type,
            multiple=self.multiple,
            is_flag=self.is_flag,
            default=None,
            envvar=[f"SOAR2COT_{self.parameter.upper()}", *self.variables],
            help=self.help,
        )


_PATH = click.Path(path_type=Path)
_SHARE = click.FloatRange(min=0)
_CPUS = click.FloatRange(min=0, min_open=True)

FLAGS = (
    Flag("--data", "data", "Labelled or raw SOAR parquet: file, folder or glob. Default: the sample that ships."),
    Flag("--arc", "arc", "ARC tasks in the official JSON layout. Default: ARC-AGI-1 from the library.", _PATH),
    Flag("--ledger", "ledger", "postgresql://… Default: ledger.db in the run directory.", variables=("NEON_DSN",)),
    Flag(
        "--progress-file",
        "progress_file",
        "Default: progress.json in the run directory.",
        _PATH,
        variables=("PROGRESS_FILE",),
    ),
    Flag(
        "--replay",
        "replay",
        "Run directory whose journal answers, no model: all is scored and selected anew, nothing is sent.",
        _PATH,
    ),
    Flag("--engine", "engine", "What writes and follows instructions.", click.Choice(["symbolic", "llm"])),
    Flag("--base-url", "writer.base_url", "OpenAI-compatible server of the llm engine.", variables=("LOCAL_VLLM_URL",)),
    Flag("--model", "writer.model", "Model that writes, and follows where --follow-model names no other."),
    Flag("--follow-base-url", "follower.base_url", "Server of the follower, where it is another."),
    Flag("--follow-model", "follower.model", "Model that follows, where it is another."),
    Flag(
        "--max-concurrency",
        "max_concurrency",
        "Calls (llm) or samples (symbolic) at once.",
        NumberOrAuto(),
        variables=("MAX_CONCURRENCY",),
    ),
    Flag(
        "--executor", "executor", "Where the work runs: this machine, or a Ray cluster.", click.Choice(["local", "ray"])
    ),
    Flag(
        "--address", "cluster.address", "The Ray cluster. Default: RAY_ADDRESS, else the one this machine is part of."
    ),
    Flag(
        "--workers",
        "workers",
        "Processes of the symbolic engine; auto: one a core. With ray: workers, auto: as many as fit.",
        NumberOrAuto(),
    ),
    Flag("--worker-cpus", "cluster.worker_cpus", "CPUs that one worker takes of a Ray cluster.", _CPUS),
    Flag("--sandbox", "sandbox", "How SOAR's programs are locked in.", click.Choice(["full", "weak", "none"])),
    Flag(
        "--chain-of-thought",
        "chain_of_thought",
        "Length of the symbolic engine's reasoning.",
        click.Choice(["short", "medium", "full"]),
    ),
    Flag("--lift", "lift", "Also follow text only and examples only (llm): what the text is worth.", is_flag=True),
    Flag("--grace", "grace_s", "Seconds that what is in flight gets after the first stop signal.", _SHARE),
    Flag(
        "--budget-usd",
        "budget_usd",
        "Stop before more than this is spent, over all runs; remembered, none takes it back.",
        Budget(float),
    ),
    Flag("--budget-tokens", "budget_tokens", "The same in tokens.", Budget(int)),
    Flag("--prices", "prices", "TOML table of prices; default: the one that ships.", _PATH),
    Flag("--round", "select.rounds", "Only these rounds: A:B, B exclusive.", Rounds()),
    Flag("--task-id", "select.task_ids", "Only this task; may be given several times.", multiple=True),
    Flag("--data-type", "select.data_type", "Only rows of this kind.", click.Choice(["original", "hindsight"])),
    Flag("--source-model", "select.models", "Only programs of this model; may be given several times.", multiple=True),
    Flag("--generation", "select.generations", "Only this generation; may be given several times.", int, multiple=True),
    Flag("--per-task", "select.per_task", "At most so many rows of a task.", click.IntRange(min=1)),
    Flag("--limit", "select.limit", "At most so many rows.", click.IntRange(min=0)),
    Flag("--where", "select.where", "Only rows for which this SQL condition on the columns holds."),
    Flag("--deduplicate", "select.deduplicate", "Skip programs that differ in names and layout only.", is_flag=True),
    Flag("--drop-trivial", "select.drop_trivial", "Skip rows that copy the input or give one constant.", is_flag=True),
)


def load_config(run_dir: Path, *, config_file: Path | None, preset: str | None, given: Mapping[str, Any]) -> RunConfig:
    """One configuration of all sources.

    Raises: ConfigError: a file that is no TOML, an unknown preset, every value that cannot be used.
    """
    replayed = given.get("replay")
    values = {} if replayed is None else {k: v for k, v in _remembered(replayed).items() if k not in ITS_OWN}
    for layer in (_remembered(run_dir), _preset(preset), _read_toml(config_file) if config_file else {}, _flags(given)):
        values = _overlaid(values, layer)
    if "follower" in values:  # what is not said of the follower is as with the writer
        values["follower"] = _overlaid(values.get("writer", {}), values["follower"])
    return parse_config({**values, "run_dir": run_dir}, source="the configuration")


def preset_names() -> list[str]:
    """The presets that ship."""
    return sorted(
        item.name.removesuffix(".toml") for item in files("soar2cot.presets").iterdir() if item.name.endswith(".toml")
    )


def _remembered(run_dir: Path) -> dict[str, Any]:
    path = run_dir / "config.toml"
    if not path.exists():
        return {}
    return {name: value for name, value in _read_toml(path).items() if name in REMEMBERED}


def _preset(name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    if name not in preset_names():
        raise ConfigError(f"no preset {name!r}; there are: {', '.join(preset_names())}")
    return tomllib.loads(files("soar2cot.presets").joinpath(f"{name}.toml").read_text())


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is no TOML: {error}; mend it there, or move it away") from error


def _flags(given: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for flag in FLAGS:
        value = given.get(flag.parameter)
        if value is None or value == ():
            continue
        *tables, name = flag.path.split(".")
        table = values
        for part in tables:
            table = table.setdefault(part, {})
        table[name] = None if isinstance(flag.type, Budget) and value == NO_BUDGET else value
    return values


def _overlaid(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`, table by table."""
    result = dict(below)
    for name, value in above.items():
        old: Any = result.get(name)
        both = isinstance(old, dict) and isinstance(value, Mapping)
        result[name] = _overlaid(cast("dict[str, Any]", old), cast("dict[str, Any]", value)) if both else value
    return result
