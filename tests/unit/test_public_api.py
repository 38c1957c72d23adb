"""The public API: every name is there, nothing heavy is loaded before it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import soar2cot
from soar2cot.cli import COMMANDS, HELP, cli


@pytest.mark.parametrize("name", soar2cot.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(soar2cot, name).__module__.startswith(("soar2cot", "builtins", "types"))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = soar2cot.nothing


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from soar2cot.cli import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('polars', 'pyarrow', 'duckdb', 'numpy', 'scipy', 'rich') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip().endswith("[]")


def test_the_table_of_help_says_what_the_commands_say() -> None:
    assert list(HELP) == list(COMMANDS)
    assert set(cli.list_commands(None)) == set(COMMANDS)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_can_be_loaded_and_explains_itself(name: str) -> None:
    command = cli.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.help
