"""Struck at every fault point of a run, by a kill, an exception and a full disk: nothing lost, doubled or torn."""

from __future__ import annotations

from pathlib import Path

import pytest

from soar2cot import faults
from tests.crash.kit import Job

IN_A_RUN = [name for name in faults.POINTS if name.split(".")[0] in {"atomic", "journal", "pipeline", "progress"}]
IN_A_RUN += [name for name in faults.POINTS if name.startswith("ledger.commit")]
N = 16


@pytest.fixture
def job(quick_path: Path) -> Job:
    return Job(quick_path, N)


@pytest.mark.parametrize("action", ["kill", "raise", "full"])
@pytest.mark.parametrize("point", [name for name in IN_A_RUN if name != "progress.reconciled"])
def test_struck_once_then_run_again(job: Job, point: str, action: str) -> None:
    passage = 2 if point.startswith("progress.") else 3  # on a slow disk few replacements of the file show all samples
    code, said = job.run(f"{point}:{action}:{passage}")
    assert code == (-9 if action == "kill" else code), said
    before = len(job.completed())
    code, said = job.run()
    while code == 3:  # what was parked by the fault is tried again by the next run
        code, said = job.run()
    assert code == 0, said
    assert before <= N
    job.check_whole()
    assert set(job.paid_calls().values()) <= {1, 2}


@pytest.mark.parametrize("action", ["kill", "raise", "full"])
def test_struck_while_hand_edits_are_applied(job: Job, action: str) -> None:
    assert job.run()[0] == 0
    lines = job.progress.read_text().splitlines(keepends=True)
    job.progress.write_text("".join(lines[:2] + lines[3:]))
    job.run(f"progress.reconciled:{action}")
    assert job.run()[0] == 0
    assert len(set(job.completed())) == N
    assert job.rows("SELECT count(*) FROM instructions") == [(N,)]
    assert job.rows("SELECT count(*) FROM instructions_history") == [(1,)]


def test_a_full_disk_says_so_and_the_next_run_goes_on(job: Job) -> None:
    code, said = job.run("ledger.commit.before_commit:full:5")
    assert code == 1
    assert "the disk is full; nothing of it was written" in said
    assert "Traceback" not in said
    assert job.run()[0] == 0
    job.check_whole()
