"""The last lines of a run: what was done, and commands that can be typed as they stand."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from soar2cot.cli.run import called, ending
from soar2cot.config import RunConfig
from soar2cot.pipeline import Summary

WHERE = ["run", "--run-dir", "my runs/a", "--where", "score < 1"]


def said(**of: object) -> list[str]:
    return ending(Summary(**of), RunConfig(run_dir=Path("my runs/a")), ["soar2cot"], WHERE)  # type: ignore[arg-type]


def commands(lines: list[str]) -> list[list[str]]:
    return [shlex.split(line.partition(": ")[2]) for line in lines[1:]]


def test_a_stopped_run_says_how_to_go_on() -> None:
    lines = said(reason="interrupted", completed=1)
    assert lines[0] == "Stopped (interrupted): 1 sample completed. Nothing is lost."
    assert commands(lines) == [["soar2cot", *WHERE]]


@pytest.mark.parametrize(
    ("given", "budget", "asked"),
    [
        (["--budget-usd", "5", "--yes"], {"budget_usd": 5}, ["--yes", "--budget-usd", "MORE"]),
        (["--budget-tokens=9", "--yes"], {"budget_tokens": 9}, ["--yes", "--budget-tokens", "MORE"]),
        (["--yes"], {"budget_usd": 5}, ["--yes", "--budget-usd", "MORE"]),  # the run directory remembers it
    ],
)
def test_a_run_whose_budget_is_spent_asks_for_a_larger_one(
    given: list[str], budget: dict[str, int], asked: list[str]
) -> None:
    config = RunConfig.model_validate(budget)
    lines = ending(Summary(reason="budget"), config, ["soar2cot"], ["run", *given])
    assert lines[1].startswith("  go on with more: ")
    assert commands(lines) == [["soar2cot", "run", *asked]]


def test_a_finished_run_names_the_failures_and_what_comes_next() -> None:
    lines = said(reason="done", completed=1_200, failed=Counter({"A": 1, "B": 2}))
    assert lines[0] == "Finished: 1,200 samples completed, 3 failed (2 B, 1 A)."
    why, again, look, export = commands(lines)
    assert why == ["soar2cot", "failures", "--run-dir", "my runs/a"]
    assert again == ["soar2cot", *WHERE]
    assert look == ["soar2cot", "status", "--run-dir", "my runs/a"]
    assert export == ["soar2cot", "export", "--run-dir", "my runs/a", "--out", "DIRECTORY"]


def test_nothing_left_is_said_with_and_without_failures() -> None:
    look = ["soar2cot", "status", "--run-dir", "my runs/a"]
    lines = said(reason="done")
    assert lines[0] == "Nothing is left to do in my runs/a."
    assert commands(lines) == [look]
    lines = said(reason="done", failed=Counter({"A": 2}))
    assert lines[0] == "Nothing is left to do in my runs/a, but 2 failed again (2 A)."
    assert commands(lines) == [["soar2cot", "failures", "--run-dir", "my runs/a"], look]


@pytest.mark.parametrize(("on_path", "shown"), [(True, "soar2cot"), (False, ".venv/bin/soar2cot")])
def test_the_program_is_named_so_that_the_shell_finds_it(
    on_path: bool, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "soar2cot").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path) if on_path else "")
    monkeypatch.setattr("sys.argv", [".venv/bin/soar2cot", "run"])
    command = click.command()(lambda: click.echo(shlex.join(called())))
    assert CliRunner().invoke(command, prog_name="soar2cot").output == f"{shown}\n"


@pytest.mark.parametrize("on_path", [True, False])
@pytest.mark.parametrize("module", ["soar2cot", "soar2cot.run"])
def test_a_program_started_as_a_module_is_named_in_words_that_start_it(
    on_path: bool, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.touch(mode=0o755)
    monkeypatch.setattr("sys.executable", str(python))
    monkeypatch.setenv("PATH", str(tmp_path) if on_path else "")
    command = click.command()(lambda: click.echo("\n".join(called())))
    shown = CliRunner().invoke(command, prog_name=f"python -m {module}").output.split("\n")
    assert shown == ["python" if on_path else str(python), "-m", "soar2cot", ""]
