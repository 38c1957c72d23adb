"""What a newcomer types first: every command tells what it does, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from soar2cot.cli import COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_tells_its_options_and_writes_nothing_beside_them(command: str) -> None:
    helped = subprocess.run([sys.executable, "-m", "soar2cot", command, "--help"], capture_output=True, text=True)
    assert helped.stdout.startswith("Usage: ")
    assert "--help" in helped.stdout
    assert (helped.returncode, helped.stderr) == (0, "")


@pytest.mark.parametrize("command", ["label", "compact", "download", "export"])
def test_help_loads_nothing_that_reads_data(command: str) -> None:
    code = (
        "import sys; from soar2cot.cli import cli\n"
        f"cli([{command!r}, '--help'], standalone_mode=False)\n"
        "sys.exit(' '.join({'pyarrow', 'duckdb', 'pydantic', 'rich'} & set(sys.modules)) or 0)"
    )
    helped = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (helped.returncode, helped.stderr) == (0, "")
