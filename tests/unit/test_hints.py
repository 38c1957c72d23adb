"""Commands that a message names carry the run directory that it is about."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from soar2cot.cli import COMMANDS, cli
from soar2cot.cli.hints import DEFAULT_RUN_DIR, with_run_dir
from soar2cot.ledger import open_ledger

RUN_DIR = Path("my runs/a")
OF_THE_MACHINE = {"doctor", "crashtest"}  # what they find out is not about a run


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("next `soar2cot run`", "soar2cot run --run-dir 'my runs/a'"),
        ("`soar2cot run` first", "soar2cot run --run-dir 'my runs/a'"),
        ("`soar2cot progress restore --list`", "soar2cot progress restore --run-dir 'my runs/a' --list"),
        ("`soar2cot export --out x`", "soar2cot export --run-dir 'my runs/a' --out x"),
        ("`soar2cot label`", "soar2cot label"),
        ("`soar2cot doctor --endpoint`", "soar2cot doctor --endpoint"),
        ("`soar2cot run --run-dir b`", "soar2cot run --run-dir b"),
    ],
)
def test_a_command_gets_the_run_directory_once(said: str, typed: str) -> None:
    assert with_run_dir(with_run_dir(said, RUN_DIR), RUN_DIR).split("`")[1] == typed
    assert with_run_dir(said, DEFAULT_RUN_DIR) == said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_with_a_run_directory_gets_it(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    parts = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    of_a_run = any(item.name == "run_dir" for item in parts[0].params) and name not in OF_THE_MACHINE
    said = f"`soar2cot {name} show`" if isinstance(command, click.Group) else f"`soar2cot {name}`"
    assert (with_run_dir(said, RUN_DIR) != said) == of_a_run


def test_errors_of_every_kind_and_last_words_carry_it(quick_path: Path) -> None:
    async def begin() -> None:
        await (await open_ledger(f"sqlite:///{quick_path}/ledger.db")).aclose()

    asyncio.run(begin())
    (quick_path / "progress.json").write_text("[")
    here = f"--run-dir {shlex.quote(str(quick_path))}"
    at = ["--run-dir", str(quick_path)]
    for arguments, wanted in (
        (["progress", "show", *at], f"`soar2cot progress export {here}`"),
        (["fsck", *at], f"`soar2cot progress export {here}`"),
        (["progress", "restore", "--batch", "999", *at], f"`soar2cot progress restore {here} --list`"),
        (["retry", "no/0/original", *at], f"`soar2cot failures {here}`"),
        (["retry", *at], f"`soar2cot run {here}`"),
        (["failures", "--run-dir", f"{quick_path}/no"], f"`soar2cot run {here}/no`"),
        (["pause", *at], f"`soar2cot resume {here}`"),
    ):
        said = CliRunner().invoke(cli, arguments)
        assert wanted in f"{said.output}{said.exception}", arguments
