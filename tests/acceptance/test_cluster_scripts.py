"""The recipes for clusters, as far as one machine can try them: scripts with Slurm and Ray played by a few lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from soar2cot.cli.settings import load_config

HERE = Path(__file__).parents[2]
SCRIPTS = HERE / "examples" / "cluster"
SLURM = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_JOB_ID": "70", "SLURM_JOB_ID": "71", "SLURM_JOB_NUM_NODES": "3"}

RUN = """#!{python}
import signal, sys, time
print("run", *sys.argv[1:], file=open("said", "a"), flush=True)
signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.2), sys.exit(143)))
print("ready", flush=True)
time.sleep(30 if {waits} else 0)
sys.exit({code})
"""
NOTE = '#!/bin/sh\necho {name} "$@" >> said\n'
SRUN = '#!/bin/sh\necho srun "$@" >> said\n'


def play(folder: Path, *, code: int = 0, waits: bool = False) -> dict[str, str]:
    """A PATH on which Slurm, Ray and soar2cot only note what they were asked for; the run ends with `code`."""
    commands = {
        "soar2cot": RUN.format(python=sys.executable, waits=waits, code=code),
        "scontrol": NOTE.format(name="scontrol"),
        "ray": NOTE.format(name="ray"),
        "srun": SRUN,
    }
    for name, text in commands.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return {**os.environ, **SLURM, "PATH": f"{folder}:{os.environ['PATH']}", "SOAR2COT_LEDGER": "postgresql://db/soar"}


def start(script: str, folder: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = ["bash", str(SCRIPTS / script), "--limit", "5"]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)


def ended(script: str, folder: Path, environment: dict[str, str]) -> int:
    with start(script, folder, environment) as process:
        return process.wait(20)


@pytest.mark.parametrize(("script", "job"), [("slurm_array.sh", "70_3"), ("slurm_ray.sh", "71")])
def test_a_job_whose_time_is_up_drains_and_stands_in_line_again(tmp_path: Path, script: str, job: str) -> None:
    with start(script, tmp_path, play(tmp_path, waits=True)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    said = (tmp_path / "said").read_text().splitlines()
    assert said[-1] == f"scontrol requeue {job}"
    assert any(line.startswith("run run --run-dir") and line.endswith("--limit 5") for line in said)


@pytest.mark.parametrize("script", ["slurm_array.sh", "slurm_ray.sh"])
@pytest.mark.parametrize("code", [0, 1, 3, 4])
def test_a_run_that_ends_by_itself_is_the_end_of_its_job(tmp_path: Path, script: str, code: int) -> None:
    assert ended(script, tmp_path, play(tmp_path, code=code)) == code
    assert "scontrol" not in (tmp_path / "said").read_text()


def test_the_ray_job_has_a_head_and_workers_on_the_other_nodes(tmp_path: Path) -> None:
    assert ended("slurm_ray.sh", tmp_path, play(tmp_path)) == 0
    said = (tmp_path / "said").read_text()
    assert "ray start --head --port=6379" in said
    assert "--nodes=2 --ntasks=2 --exclude=" in said
    assert "--executor ray --address " in said


def test_a_job_without_a_ledger_says_so(tmp_path: Path) -> None:
    environment = play(tmp_path)
    del environment["SOAR2COT_LEDGER"]
    assert ended("slurm_array.sh", tmp_path, environment) != 0
    assert not (tmp_path / "said").exists()


def test_the_settings_in_the_page_can_be_read(tmp_path: Path) -> None:
    page = (HERE / "docs" / "cluster.md").read_text()
    block = page.partition("    # run.toml\n")[2].partition("\n\n")[0]
    settings = "\n".join(line.removeprefix("    ") for line in block.splitlines())
    (tmp_path / "run.toml").write_text(settings)
    config = load_config(tmp_path / "run", config_file=tmp_path / "run.toml", preset=None, given={})
    assert config.cluster.worker_resources == tomllib.loads(settings)["cluster"]["worker_resources"] == {"vllm": 1}
    assert config.executor == "ray"


def test_the_kubernetes_job_runs_a_command_that_is_understood() -> None:
    yaml = pytest.importorskip("yaml")
    job = yaml.safe_load((SCRIPTS / "kuberay.yaml").read_text())
    command = job["spec"]["entrypoint"].split()
    assert command[:4] == ["soar2cot", "run", "--executor", "ray"]
    checked = subprocess.run(
        [sys.executable, "-m", "soar2cot", "run", *command[2:], "--help"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr
