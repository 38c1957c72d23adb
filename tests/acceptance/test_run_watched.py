"""A run as it is watched: quiet, as JSON, from another terminal, by Prometheus, paused and limited while it goes on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner

from soar2cot.cli import cli

T = TypeVar("T")
COMMAND = [sys.executable, "-c", "from soar2cot.cli import main; main()"]
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "SOAR2COT_WORKERS": "1"}


def start(run_dir: Path, *more: str) -> subprocess.Popen[str]:
    arguments = [*COMMAND, "run", "--run-dir", str(run_dir), *more]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(arguments, env=ENVIRONMENT, text=True, **pipes)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def until(look: Callable[[], T], *, timeout_s: float = 90) -> T:
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + timeout_s
    while not (found := look()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)
    return found


def status(run_dir: Path) -> dict[str, object]:
    done = CliRunner().invoke(cli, ["status", "--run-dir", str(run_dir), "--json"])
    return json.loads(done.stdout) if done.exit_code == 0 else {}


def completed(run_dir: Path) -> int:
    return int(str(status(run_dir).get("completed", 0)))


@pytest.fixture
def going_on(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str], int]]:
    """A run of the whole sample under way, and the port of its metrics."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = start(tmp_path / "run", "--quiet", "--metrics-port", str(port))
    until(lambda: completed(tmp_path / "run") >= 2)
    yield tmp_path / "run", process, port
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        ended(process)


def test_quiet_says_the_last_line_alone(tmp_path: Path) -> None:
    code, out, err = ended(start(tmp_path / "run", "--limit", "2", "--quiet"))
    assert (code, out) == (0, "")
    assert len(err.splitlines()) == 1 and err.startswith("Finished: 2 samples completed")


def test_every_line_of_the_log_is_json(tmp_path: Path) -> None:
    code, out, err = ended(
        start(tmp_path / "run", "--limit", "2", "--log-format", "json", "--display", "quiet", "--log-level", "debug")
    )
    assert (code, out) == (0, "")
    lines = err.splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    last = lines[len(told)]
    assert {"Processing task", "Task completed", "Sample marked as completed"} <= {line["event"] for line in told}
    assert all({"event", "level", "timestamp"} <= set(line) for line in told) and last.startswith("Finished")
    kept = [json.loads(line) for line in (tmp_path / "run" / "logs" / "run.jsonl").read_text().splitlines()]
    assert [line["event"] for line in kept] == [line["event"] for line in told]


def test_prometheus_reads_a_run_while_it_goes_on(going_on: tuple[Path, subprocess.Popen[str], int]) -> None:
    _, _, port = going_on
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if not line.startswith("#"))
    assert float(lines["soar2cot_samples_completed_total"]) >= 2 and float(lines["soar2cot_samples_remaining"]) > 0


def test_status_watches_a_run_from_another_terminal(going_on: tuple[Path, subprocess.Popen[str], int]) -> None:
    run_dir, _, _ = going_on
    arguments = [*COMMAND, "status", "--run-dir", str(run_dir), "--json", "--watch", "--every", "0.2"]
    with subprocess.Popen(arguments, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE) as watching:
        assert watching.stdout is not None
        seen = [json.loads(watching.stdout.readline()) for _ in range(3)]
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0
    assert {look["state"] for look in seen} <= {"running", "stopped"} and seen[-1]["completed"] >= seen[0]["completed"]


def test_a_run_is_paused_limited_and_resumed_from_another_terminal(
    going_on: tuple[Path, subprocess.Popen[str], int],
) -> None:
    run_dir, process, _ = going_on

    def say(*words: str) -> None:
        assert CliRunner().invoke(cli, [*words, "--run-dir", str(run_dir)]).exit_code == 0

    say("pause")
    assert status(run_dir)["control"] == {"paused": True, "limit": None}

    def stands_still() -> bool:
        before = completed(run_dir)
        time.sleep(2.5)
        return completed(run_dir) == before

    until(stands_still)
    assert process.poll() is None, "a pause does not end a run"
    before = completed(run_dir)
    say("limit", "1")
    say("resume")
    assert status(run_dir)["control"] == {"paused": False, "limit": 1}
    until(lambda: completed(run_dir) > before)
