"""Starts that must be refused, remembered or undone: with which file, which budget, which tasks, which models."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from soar2cot.cli import cli, main
from tests.acceptance.test_run_watched import COMMAND, ENVIRONMENT, completed, ended, status, until

QUICK = ("--workers", "1", "--display", "quiet")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(item) for item in arguments])


def run(run_dir: Path, *more: object) -> Result:
    return call("run", "--run-dir", run_dir, *QUICK, *more)


def remembered(run_dir: Path) -> dict[str, object]:
    return tomllib.loads((run_dir / "config.toml").read_text())


def test_every_command_looks_at_the_progress_file_that_the_run_keeps(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_dir, elsewhere = quick_path / "run", quick_path / "elsewhere.json"
    monkeypatch.setenv("PROGRESS_FILE", str(elsewhere))
    assert run(run_dir, "--limit", 3).exit_code == 0
    monkeypatch.delenv("PROGRESS_FILE")
    assert not (run_dir / "progress.json").exists()
    shown = json.loads(call("progress", "show", "--run-dir", run_dir, "--json").stdout)
    assert (shown["total_completed"], shown["removed_by_hand"], shown["added_by_hand"]) == (3, 0, 0)
    assert call("fsck", "--run-dir", run_dir).exit_code == 0
    assert call("redo", "--run-dir", run_dir, "--where", "round_index = 0", "--yes").exit_code == 0
    assert json.loads(elsewhere.read_text())["total_completed"] == 0
    assert call("progress", "restore", "--run-dir", run_dir).exit_code == 0
    assert call("progress", "reset", "--run-dir", run_dir, "--yes").exit_code == 0
    assert json.loads(elsewhere.read_text())["total_completed"] == 0
    assert run(run_dir, "--limit", 3).exit_code == 0
    assert completed(run_dir) == 3 and status(run_dir)["scored"] == 3
    assert not (run_dir / "progress.json").exists()


def test_samples_that_were_adopted_lower_no_mean(quick_path: Path) -> None:
    entry = {"task_id": "007bbfb7", "round_index": 0, "data_type": "original"}
    (quick_path / "progress.json").write_text(json.dumps({"completed": [entry]}))
    assert run(quick_path, "--limit", 2).exit_code == 0
    state = status(quick_path)
    assert (state["completed"], state["scored"], state["mean_score"], state["perfect"]) == (2, 1, 1.0, 1)
    assert "mean 1.000, 100.0% perfect" in call("status", "--run-dir", quick_path).stdout


def test_a_ledger_that_is_gone_is_said_where_its_samples_are_skipped(quick_path: Path) -> None:
    assert run(quick_path, "--limit", 2).exit_code == 0
    for path in quick_path.glob("ledger.db*"):
        path.unlink()
    again = run(quick_path, "--limit", 2, "--quiet")
    assert again.exit_code == 0
    assert "The ledger is gone: its samples are skipped, without a result samples=2" in again.stderr


def test_a_run_directory_remembers_what_it_may_cost(quick_path: Path) -> None:
    assert run(quick_path, "--limit", 1, "--budget-usd", "2.5", "--budget-tokens", "3000").exit_code == 0
    again = run(quick_path, "--limit", 1)
    assert "Budget over all runs budget_usd=2.5 budget_tokens=3000 spent_usd=0.0 spent_tokens=0" in again.stderr
    assert (remembered(quick_path)["budget_usd"], remembered(quick_path)["budget_tokens"]) == (2.5, 3000)
    assert run(quick_path, "--limit", 1, "--budget-usd", "none").exit_code == 0
    assert "budget_usd" not in remembered(quick_path) and remembered(quick_path)["budget_tokens"] == 3000


@pytest.mark.parametrize("wrong", ["0", "-1", "much"])
def test_what_is_no_budget_is_a_usage_error(quick_path: Path, wrong: str) -> None:
    result = run(quick_path, "--budget-usd", wrong)
    assert result.exit_code == 2 and wrong in result.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--arc", "/nowhere"), "no ARC tasks here"),
        (("--engine", "llm", "--base-url", "http://127.0.0.1:9/v1"), "no model is named"),
        (("--replay", "/nowhere"), "--replay"),
    ],
)
def test_a_start_that_cannot_work_leaves_nothing_that_binds_the_next(
    quick_path: Path, given: tuple[str, ...], said: str
) -> None:
    with pytest.raises(Exception, match=said):
        CliRunner().invoke(cli, ["run", "--run-dir", str(quick_path / "run"), *QUICK, *given], catch_exceptions=False)
    assert not (quick_path / "run" / "config.toml").exists()
    assert not (quick_path / "run" / "ledger.db").exists()


def test_a_model_server_in_the_environment_is_nothing_to_the_symbolic_engine(quick_path: Path) -> None:
    assert run(quick_path, "--limit", 1).exit_code == 0
    result = CliRunner().invoke(
        cli,
        ["run", "--run-dir", str(quick_path), *QUICK, "--limit", "2"],
        env={"LOCAL_VLLM_URL": "http://localhost:1/v1"},
    )
    assert result.exit_code == 0 and completed(quick_path) == 2


def test_the_command_ends_with_the_code_that_its_help_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["soar2cot", "doctor", "--endpoint", "http://127.0.0.1:9/v1"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1


def test_a_sigterm_to_the_whole_group_lets_what_is_under_way_finish(tmp_path: Path) -> None:
    arguments = [*COMMAND, "run", "--run-dir", str(tmp_path / "run"), "--display", "quiet"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(arguments, env=ENVIRONMENT, text=True, start_new_session=True, **pipes)
    until(lambda: completed(tmp_path / "run") >= 2)
    os.killpg(process.pid, signal.SIGTERM)
    code, _, said = ended(process)
    assert code == 143
    assert "Worker died" not in said
    assert "in flight" not in said.splitlines()[-1]
