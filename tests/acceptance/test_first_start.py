"""What is said before a run has begun: nothing to begin with, another run's progress.json, a page without a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from soar2cot.cli import cli
from soar2cot.keyset import KeySet
from soar2cot.progress_file import render_progress
from soar2cot.sample import sample_path
from soar2cot.soar_loader import open_soar
from tests.crash.kit import SCHEMA


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(item) for item in arguments])


def test_a_plan_counts_what_a_progress_file_of_elsewhere_says_is_done(tmp_path: Path) -> None:
    first = [item.key for item in open_soar(sample_path()).stream()][:2]
    (tmp_path / "progress.json").write_bytes(b"".join(render_progress(KeySet(first), last_saved_to_parquet=0)))
    found = json.loads(call("plan", "--run-dir", tmp_path, "--limit", 4, "--json").stdout)
    assert (found["skipped"], found["new"], found["reused"]) == (2, 2, 0)
    assert "2 samples are new\n2 samples are skipped" in call("plan", "--run-dir", tmp_path, "--limit", 4).stdout
    assert [item.name for item in tmp_path.iterdir()] == ["progress.json"]


def test_a_plan_takes_no_progress_file_that_a_run_would_refuse(tmp_path: Path) -> None:
    (tmp_path / "progress.json").mkdir()
    assert "progress.json cannot be read" in str(call("plan", "--run-dir", tmp_path).exception)


@pytest.mark.parametrize("rounds", ["5:2", "5:5", ":0", "-1", "-3:2"])
def test_rounds_that_hold_none_are_a_usage_error(tmp_path: Path, rounds: str) -> None:
    told = call("run", "--run-dir", tmp_path / "x", f"--round={rounds}")
    assert told.exit_code == 2
    assert "holds no round" in told.stderr
    assert not (tmp_path / "x").exists()


def test_rounds_of_a_file_are_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[select]\nrounds = [5, 2]\n")
    told = call("plan", "--run-dir", tmp_path / "x", "--config", tmp_path / "c.toml")
    assert "rounds 5:2 hold no round" in str(told.exception)


@pytest.mark.parametrize("command", ["plan", "run"])
def test_data_without_rows_is_no_finished_run(tmp_path: Path, command: str) -> None:
    pq.write_table(pa.Table.from_pylist([], schema=SCHEMA), tmp_path / "empty.parquet")
    told = call(command, "--run-dir", tmp_path / "x", "--data", tmp_path / "empty.parquet")
    assert told.exit_code == 1
    assert "empty.parquet: holds no rows" in str(told.exception)


def test_a_page_without_a_run_ends_in_one_line_and_no_address(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    command = [sys.executable, "-m", "soar2cot", "view", "--run-dir", str(tmp_path / "nope"), "--port", "0"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert told.returncode == 1
    assert told.stderr.startswith(f"soar2cot: ledger {tmp_path / 'nope' / 'ledger.db'}: there is none")
    assert told.stderr.count("\n") == 1
