"""`soar2cot explain` as a user types it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from soar2cot.cli import cli

CODE = "def transform(grid):\n    return [row[::-1] for row in grid]\n"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(CODE, encoding="utf-8")
    return path


def test_one_program_is_put_into_words(program: Path) -> None:
    result = CliRunner().invoke(cli, ["explain", str(program), "--task-id", "67a3c6ac", "--json"])
    assert result.exit_code == 0, result.output
    found = orjson.loads(result.stdout)
    assert found["unnamed"] == 0
    assert found["transformation_method"].startswith("1. ")
    assert found["input_output_analysis"]
    assert found["chain_of_thought"]


def test_debug_shows_how_the_text_came_about(program: Path) -> None:
    result = CliRunner().invoke(cli, ["explain", str(program), "--task-id", "67a3c6ac", "--debug"])
    assert result.exit_code == 0, result.output
    for title in ("the systematic text", "passes that changed it", "passes refused", "checkpoints"):
        assert title in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--coverage"),
        (["PROGRAM"], "--task-id"),
        (["PROGRAM", "--task-id", "nothere"], "no such ARC task"),
    ],
)
def test_what_cannot_be_explained_is_said(program: Path, arguments: list[str], says: str) -> None:
    given = [str(program) if item == "PROGRAM" else item for item in arguments]
    result = CliRunner().invoke(cli, ["explain", *given])
    assert result.exit_code != 0
    assert says in result.output


def test_coverage_of_the_sample_that_ships() -> None:
    import soar2cot

    path = Path(soar2cot.__file__).parent / "sample" / "sample.parquet"
    result = CliRunner().invoke(cli, ["explain", "--coverage", str(path), "--limit", "12", "--json"])
    assert result.exit_code == 0, result.output
    found = orjson.loads(result.stdout)
    assert found["programs"] == 12
    assert found["reproduced"] >= 0.9
