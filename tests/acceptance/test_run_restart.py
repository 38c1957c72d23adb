"""What a user sees who stops a run and starts it again."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from soar2cot.cli import cli
from tests.crash.kit import TASKS, Job

N = 24
PAUSES = "pipeline.committed:pause:2,pipeline.solved:pause:6,pipeline.claimed:pause:10"  # half a second each


@pytest.fixture
def job(quick_path: Path) -> Job:
    return Job(quick_path, N)


def processed(said: str) -> list[tuple[str, int]]:
    found = re.findall(r"Processing task task_id=(\w+) round_index=(\d+)", said)
    return [(task, int(round_index)) for task, round_index in found]


def in_order() -> list[tuple[str, int]]:
    return [(f"{n % TASKS:08x}", n // TASKS) for n in range(N)]


def wait_for(job: Job, text: str, *, timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while not (job.said.exists() and text in job.said.read_text()):
        assert time.monotonic() < end, f"{text!r} was never said"
        time.sleep(0.005)


def wait_for_commits(job: Job, n: int, *, timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while True:
        with suppress(sqlite3.OperationalError):  # there is no ledger yet
            if job.rows("SELECT count(*) FROM completed")[0][0] >= n:
                return
        assert time.monotonic() < end, f"{n} samples were never completed"
        time.sleep(0.005)


def test_samples_come_round_by_round_and_tasks_in_alphabetical_order(job: Job) -> None:
    code, said = job.run(concurrency=1)
    assert code == 0
    assert processed(said) == in_order()
    assert "No progress file found, starting fresh" in said
    assert "Progress tracker initialized stats={'total_completed': 0" in said
    assert "Loading original SOAR data" in said
    assert f"Filtered out completed samples remaining={N} completed=0" in said


def test_power_lost_in_the_middle_of_the_second_skips_the_first_alone(job: Job) -> None:
    assert job.run("pipeline.solved:kill:2", concurrency=1)[0] == -9
    first = ("00000000", 0, "hindsight")
    assert job.rows("SELECT task_id, round_index, data_type FROM completed") == [first]
    assert job.completed() in ([], [first])  # the kill may come while progress.json is being replaced
    planned = json.loads(CliRunner().invoke(cli, ["plan", "--run-dir", str(job.run_dir), "--json"]).stdout)
    assert (planned["reused"], planned["half_done"], planned["new"]) == (1, 1, N - 2)
    assert planned["answers_on_record"] == job.rows("SELECT count(answer) FROM calls WHERE task_id = '00000001'")[0][0]
    code, said = job.run(concurrency=1)
    assert code == 0
    assert f"Filtered out completed samples remaining={N - 1} completed=1" in said
    answers = planned["answers_on_record"]
    assert f"Answers on record are not paid for again half_done=1 answers={answers}" in said
    assert processed(said) == in_order()[1:]


def test_ctrl_c_after_two_samples_goes_on_with_the_third(job: Job) -> None:
    child = job.start(PAUSES, concurrency=1)
    wait_for_commits(job, 2)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGINT)
    child.join(60)
    assert child.exitcode == 130
    done = job.completed()
    assert done[:2] == [("00000000", 0, "hindsight"), ("00000001", 0, "original")]
    code, said = job.run(concurrency=1)
    assert code == 0
    assert processed(said) == in_order()[len(done) :]
    job.check_whole()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_stops_at_once_and_loses_nothing(job: Job, number: signal.Signals, code: int) -> None:
    child = job.start(PAUSES, concurrency=4)
    wait_for_commits(job, 2)
    assert child.pid is not None
    os.kill(child.pid, number)
    wait_for(job, "Stopping")
    os.kill(child.pid, number)
    child.join(60)
    assert child.exitcode in {code, -number}  # ended by itself, or in its very last moment: a shell shows the same
    assert job.run()[0] == 0
    job.check_whole()


def test_an_error_in_a_sample_is_not_marked_and_tried_again_by_the_next_run(job: Job) -> None:
    code, said = job.run("pipeline.solved:raise:3", concurrency=1)
    assert code == 3
    assert "[warning] Task failed task_id=00000002 round_index=0 reason='fault injected'" in said
    assert len(processed(said)) == N
    assert ("00000002", 0, "original") not in job.completed()
    code, said = job.run(concurrency=1)
    assert code == 0
    assert processed(said) == [("00000002", 0)]
    assert "Samples that failed before are tried again samples=1" in said
    job.check_whole()


def test_started_again_when_all_is_done_nothing_is_done(job: Job) -> None:
    assert job.run()[0] == 0
    paid = job.paid_calls()
    code, said = job.run()
    assert (code, processed(said)) == (0, [])
    assert job.paid_calls() == paid


def test_an_entry_removed_by_hand_is_done_again_alone_and_stands_once(job: Job) -> None:
    assert job.run()[0] == 0
    value = json.loads(job.progress.read_text())
    gone = value["completed"].pop(7)
    value["total_completed"] -= 1
    job.progress.write_text(json.dumps(value))
    code, said = job.run()
    assert code == 0
    assert processed(said) == [(gone["task_id"], gone["round_index"])]
    assert len(set(job.completed())) == len(job.completed()) == N
    assert job.rows("SELECT count(*) FROM instructions") == [(N,)]
    assert job.rows("SELECT count(*) FROM guess") == [(2 * N,)]
    assert job.rows("SELECT count(*) FROM instructions_history") == [(1,)]


def test_the_last_entry_removed_after_a_kill_is_an_edit_too(job: Job) -> None:
    job.run("pipeline.claimed:kill:10", concurrency=1)
    entries = job.progress.read_text().splitlines(keepends=True)
    last = json.loads(entries[-5].strip().rstrip(","))
    entries[-6:-4] = [entries[-6].rstrip(",\n") + "\n"]
    job.progress.write_text("".join(entries))
    _, said = job.run(concurrency=1)
    assert (last["task_id"], last["round_index"]) in processed(said)


def test_an_entry_added_by_hand_is_skipped(job: Job) -> None:
    job.run_dir.mkdir()
    entry = {"task_id": "00000003", "round_index": 1, "data_type": "original"}
    kind = "original" if (TASKS + 3) % 3 else "hindsight"
    job.progress.write_text(json.dumps({"completed": [entry | {"data_type": kind}]}))
    code, said = job.run(concurrency=1)
    assert code == 0
    assert processed(said) == [place for place in in_order() if place != ("00000003", 1)]
    assert len(job.completed()) == N


def test_an_entry_for_an_unknown_task_stays_and_does_no_harm(job: Job) -> None:
    job.run_dir.mkdir()
    job.progress.write_text('{"completed": [{"task_id": "nowhere", "round_index": 0, "data_type": "original"}]}')
    code, said = job.run()
    assert code == 0
    assert len(processed(said)) == N
    assert ("nowhere", 0, "original") in job.completed()


def test_the_file_deleted_means_all_is_done_again_and_old_results_are_kept(job: Job) -> None:
    assert job.run()[0] == 0
    job.progress.unlink()
    code, said = job.run()
    assert code == 0
    assert len(processed(said)) == N
    assert job.rows("SELECT count(*) FROM instructions") == [(N,)]
    assert job.rows("SELECT count(*) FROM instructions_history") == [(N,)]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda text: text[: len(text) // 2], "line"),
        (lambda text: text.replace("\n  ],", ",\n  ],"), "line"),
        (lambda text: text.replace('"round_index": 1', '"round_index": "1"', 1), 'it is "1"'),
    ],
)
def test_a_damaged_file_stops_the_run_and_changes_nothing(job: Job, damage: object, reason: str) -> None:
    assert job.run()[0] == 0
    text = damage(job.progress.read_text())  # type: ignore[operator]
    job.progress.write_text(text)
    code, said = job.run()
    assert code == 1
    assert "ProgressFileError" in said
    assert reason in said
    assert "Nothing was changed" in said
    assert job.progress.read_text() == text
    assert job.rows("SELECT count(*) FROM completed") == [(N,)]


def test_a_duplicate_entry_is_one_entry(job: Job) -> None:
    assert job.run()[0] == 0
    value = json.loads(job.progress.read_text())
    value["completed"].append(value["completed"][0])
    job.progress.write_text(json.dumps(value))
    code, said = job.run()
    assert (code, processed(said)) == (0, [])
    assert "Entries that stand more than once count once" in said
    assert len(job.completed()) == N


def test_two_runs_on_one_directory_the_second_is_told_who_has_it(job: Job) -> None:
    first = job.start(PAUSES, concurrency=1)
    wait_for_commits(job, 2)
    assert first.pid is not None
    os.kill(first.pid, signal.SIGSTOP)
    job.said.rename(job.said.with_suffix(".first"))
    code, said = job.run()
    assert code == 1
    assert "LedgerBusyError" in said
    assert str(first.pid) in said
    first.kill()
    first.join()
    assert job.run()[0] == 0
    job.check_whole()


def test_another_file_in_its_place_is_refused_with_the_way_out(job: Job) -> None:
    from tests.crash.kit import write_data

    assert job.run()[0] == 0
    write_data(job.data, N + 5)
    code, said = job.run()
    assert code == 1
    assert "DataChangedError" in said
    assert "--run-dir" in said
