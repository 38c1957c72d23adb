"""failures, retry, redo, fsck, crashtest, as a user types them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from soar2cot.cli import cli
from soar2cot.errors import LedgerError, Soar2CotError
from soar2cot.ledger import open_ledger
from soar2cot.progress_tracker import open_face
from tests.ledger_kit import RUN, key, outcome


@pytest.fixture
def run_dir(quick_path: Path) -> Path:
    """A run with six samples done, three of them perfect, and three parked for two reasons."""
    asyncio.run(_fill(quick_path))
    return quick_path


async def _fill(folder: Path) -> None:
    ledger = await open_ledger(f"sqlite:///{folder}/ledger.db")
    run = await ledger.start_run(**RUN)
    for n, claim in enumerate(await ledger.claim([key(n) for n in range(9)], run_id=run, lease_s=60)):
        if n < 6:
            await ledger.commit(claim, outcome(claim.key, score=float(n % 2)), run_id=run)
        elif n < 8:
            await ledger.fail(claim, run_id=run, error_type="ProgramError", message=f"{claim.key}: over {n} s")
        else:
            await ledger.fail(claim, run_id=run, error_type="ChallengeError", message="sizes do not fit")
    await (await open_face(folder / "progress.json", ledger)).rewrite()
    await ledger.aclose()


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(item) for item in arguments])


def ask(run_dir: Path, question: str) -> object:
    async def asking() -> object:
        ledger = await open_ledger(f"sqlite:///{run_dir}/ledger.db", read_only=True)
        try:
            return await getattr(ledger, question)()
        finally:
            await ledger.aclose()

    return asyncio.run(asking())


def test_failures_are_grouped_by_reason_with_an_example(run_dir: Path) -> None:
    found = json.loads(call("failures", "--run-dir", run_dir, "--json").stdout)
    assert [(item["reason"], item["n_samples"]) for item in found] == [("ProgramError", 2), ("ChallengeError", 1)]
    assert found[0]["example"]["sample"] == str(min(key(6), key(7)))
    told = call("failures", "--run-dir", run_dir)
    assert "sizes do not fit" in told.stdout
    assert "3 parked samples, 2 reasons" in told.stderr


def test_retry_frees_all_or_those_of_one_reason(run_dir: Path) -> None:
    assert "2 samples will be tried again" in call("retry", "--run-dir", run_dir, "--reason", "ProgramError").stderr
    assert [item.error_type for item in ask(run_dir, "failures")] == ["ChallengeError"]
    assert "1 sample will" in call("retry", "--run-dir", run_dir, str(key(8))).stderr
    assert call("retry", "--run-dir", run_dir, str(key(8))).exit_code == 2


def test_redo_counts_first_and_takes_back_what_matches(run_dir: Path) -> None:
    where = ["--where", "score < 1", "--run-dir", run_dir]
    dry = call("redo", *where, "--dry-run", "--json")
    assert json.loads(dry.stdout) == {"matching": 3, "completed": 6, "taken_back": 0}
    assert "3 of 6 completed samples match" in dry.stderr
    assert ask(run_dir, "counts").completed == 6
    assert json.loads(call("redo", *where, "--json").stdout)["taken_back"] == 3
    assert ask(run_dir, "counts").completed == 3
    assert json.loads((run_dir / "progress.json").read_text())["total_completed"] == 3
    assert ask(run_dir, "superseded")[0].reason == "redo --where score < 1"
    assert call("progress", "restore", "--run-dir", run_dir).exit_code == 0
    assert ask(run_dir, "counts").completed == 6


def test_redo_of_many_asks_and_without_a_terminal_stops(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soar2cot.cli.redo.ASK_FROM", 2)
    told = call("redo", "--where", "score < 1", "--run-dir", run_dir)
    assert told.exit_code == 1
    assert "give --yes" in str(told.exception)
    assert ask(run_dir, "counts").completed == 6
    assert call("redo", "--where", "score < 1", "--run-dir", run_dir, "--yes").exit_code == 0
    assert ask(run_dir, "counts").completed == 3


def test_redo_does_not_drop_what_was_edited_by_hand(run_dir: Path) -> None:
    path = run_dir / "progress.json"
    progress = json.loads(path.read_text())
    path.write_text(json.dumps({**progress, "completed": progress["completed"][1:]}))
    told = call("redo", "--where", "score < 1", "--run-dir", run_dir)
    assert "was edited by hand (1 removed, 0 added)" in str(told.exception)
    assert ask(run_dir, "counts").completed == 6


def test_a_condition_that_makes_no_sense_names_the_columns(run_dir: Path) -> None:
    told = call("redo", "--where", "colour = 1", "--run-dir", run_dir)
    assert isinstance(told.exception, LedgerError)
    assert "no such column: colour; the columns are: " in str(told.exception)


def test_fsck_of_a_sound_run_finds_nothing(run_dir: Path) -> None:
    told = call("fsck", "--run-dir", run_dir, "--json")
    assert told.exit_code == 0
    assert json.loads(told.stdout) == {"sound": True, "findings": []}


def test_fsck_tells_what_was_edited_by_hand_and_what_an_export_lacks(run_dir: Path) -> None:
    path = run_dir / "progress.json"
    progress = json.loads(path.read_text())
    progress["completed"] = [
        *progress["completed"][1:],
        {"task_id": "ffffffff", "round_index": 0, "data_type": "original"},
    ]
    path.write_text(json.dumps(progress))
    records = [outcome(key(n), text="Paint it." if n else "An older text.").record for n in (0, 1, 7)]
    rows = [
        {"id": record.id, **record.key._asdict(), "instructions": record.instructions}
        for record in [*records, records[1]]
    ]
    (run_dir / "out").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), run_dir / "out" / "records.parquet")
    told = call("fsck", "--run-dir", run_dir, "--export", run_dir / "out", "--json")
    assert told.exit_code == 1
    kinds = [item["kind"] for item in json.loads(told.stdout)["findings"]]
    assert [
        any(word in kind for kind in kinds)
        for word in ("does not know", "removed from", "twice", "no such", "another by")
    ] == [True] * 5
    assert len(kinds) == 5
    assert ask(run_dir, "counts").completed == 6


def test_fsck_mends_sums_and_says_so(run_dir: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(run_dir / "ledger.db")
    connection.execute("UPDATE totals SET completed = completed + 5")
    connection.commit()
    connection.close()
    assert call("fsck", "--run-dir", run_dir).exit_code == 1
    told = call("fsck", "--run-dir", run_dir, "--mend")
    assert told.exit_code == 0
    assert told.stdout.startswith("mended: sums that differ from what they sum: 1, e.g. ")
    assert call("fsck", "--run-dir", run_dir).exit_code == 0
    assert ask(run_dir, "counts").completed == 6


def test_commands_on_a_run_that_never_was_say_so(tmp_path: Path) -> None:
    for command in (
        "failures",
        "fsck",
        "fsck --mend",
        "retry",
        "progress restore",
        "progress restore --list",
        "progress reset --yes",
        "progress export",
    ):
        told = call(*command.split(), "--run-dir", tmp_path / "none")
        assert isinstance(told.exception, Soar2CotError), command
        assert f"there is none; start one with `soar2cot run --run-dir {tmp_path / 'none'}`" in str(told.exception)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["pause", "resume", "limit 3"])
def test_only_where_a_run_was_started_it_can_be_steered(tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("none", "empty"):
        told = call(*command.split(), "--run-dir", tmp_path / name)
        assert isinstance(told.exception, Soar2CotError)
        assert "no run was ever started there" in str(told.exception)
    assert [item.name for item in tmp_path.rglob("*")] == ["empty"]


def test_what_can_be_restored_is_listed(run_dir: Path) -> None:
    at = ["--run-dir", run_dir]
    assert "nothing can be restored" in call("progress", "restore", "--list", *at).stderr
    for low in ("score < 1", "score = 1"):
        call("redo", "--where", low, *at)
    listed = json.loads(call("progress", "restore", "--list", "--json", *at).stdout)
    assert [(item["batch"], item["samples"]) for item in listed] == [(2, 3), (1, 3)]
    assert "    1  " in (told := call("progress", "restore", "--list", *at).stdout)
    assert "3 samples: redo --where score < 1" in told
    assert json.loads(call("progress", "restore", "--batch", "1", "--json", *at).stdout) == {"restored": 3}


def test_no_log_line_stands_among_the_data(run_dir: Path) -> None:
    (run_dir / "progress.json").unlink()
    assert json.loads(call("progress", "show", "--run-dir", run_dir, "--json").stdout)["removed_by_hand"] == 6


def test_reset_without_a_terminal_needs_yes(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = call("progress", "reset", "--run-dir", run_dir)
    assert (told.exit_code, told.output) == (1, "")
    assert "give --yes" in str(told.exception)
    assert ask(run_dir, "counts").completed == 6
    monkeypatch.setattr("soar2cot.cli.options.at_terminal", lambda: True)
    refused = CliRunner().invoke(cli, ["progress", "reset", "--run-dir", str(run_dir)], input="n\n")
    assert (refused.exit_code, str(refused.exception)) == (1, "nothing was changed")
    assert CliRunner().invoke(cli, ["progress", "reset", "--run-dir", str(run_dir)], input="y\n").exit_code == 0
    assert ask(run_dir, "counts").completed == 0


def test_crashtest_prints_a_certificate_and_leaves_nothing_behind(quick_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "soar2cot",
        "crashtest",
        "--run-dir",
        str(quick_path),
        "--kills",
        "2",
        "--samples",
        "40",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    [certified] = re.findall(r"^sound: 0 lost, doubled or torn by (\d+) kills of a run on SQLite$", done.stdout, re.M)
    assert int(certified) > 2  # the fault points' own among them
    assert list(quick_path.iterdir()) == []


def test_crashtest_of_sqlite_has_one_worker(tmp_path: Path) -> None:
    told = call("crashtest", "--run-dir", tmp_path, "--workers", "3")
    assert told.exit_code == 2
    assert "has one process" in told.stderr
