"""The SQLite file: who may open it, what is refused and why, what a full disk does, what a commit costs."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from soar2cot import faults
from soar2cot.errors import LeaseLostError, LedgerBusyError, LedgerError
from soar2cot.ledger import lock, open_ledger
from soar2cot.ledger.sqlite import SqliteLedger
from tests.ledger_kit import RUN, key, outcome


async def one_done(path: Path, *numbers: int) -> SqliteLedger:
    ledger = await SqliteLedger.open(path)
    run = await ledger.start_run(**RUN)
    for claim in await ledger.claim([key(n) for n in numbers], run_id=run, lease_s=60):
        await ledger.commit(claim, outcome(claim.key), run_id=run)
    return ledger


async def test_a_second_process_is_told_who_has_the_ledger(tmp_path: Path) -> None:
    first = await open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    with pytest.raises(LedgerBusyError, match=rf"process {os.getpid()} on \S+ has been running since 20\S+Z; stop it"):
        await open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    await first.aclose()
    await (await open_ledger(f"sqlite:///{tmp_path}/ledger.db")).aclose()


async def test_readers_need_no_lock_and_make_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run" / "ledger.db"
    with pytest.raises(LedgerError, match="there is none"):
        await SqliteLedger.open(path, read_only=True)
    assert not path.parent.exists()
    writer = await one_done(path, 1)
    reader = await SqliteLedger.open(path, read_only=True)
    assert (await reader.completed()).keys == (key(1),)
    with pytest.raises(LedgerError, match="reading only"):
        await reader.forget([key(1)], reason="x")
    await writer.aclose()
    await reader.aclose()


@pytest.mark.parametrize("replaced", [False, True])
async def test_a_ledger_that_was_deleted_under_a_run_takes_nothing_more(tmp_path: Path, *, replaced: bool) -> None:
    path = tmp_path / "ledger.db"
    ledger = await one_done(path, 1)
    content = path.read_bytes()
    path.unlink()
    if replaced:
        path.write_bytes(content)
    for act in (ledger.adopt([key(2)], run_id="run-1"), ledger.completed(), ledger.set_meta("a", "b")):
        with pytest.raises(LedgerError, match="was deleted or replaced while the run went on"):
            await act
    await ledger.aclose()


async def test_the_claims_of_a_dead_process_do_not_count_for_a_reader(tmp_path: Path) -> None:
    writer = await one_done(tmp_path / "ledger.db", 1)
    await writer.claim([key(2)], run_id="run-1", lease_s=60)
    reader = await SqliteLedger.open(tmp_path / "ledger.db", read_only=True)
    assert (await reader.counts()).claimed == 1
    text = lock.lock_path(tmp_path / "ledger.db").read_text().replace(str(os.getpid()), "999999999")
    lock.lock_path(tmp_path / "ledger.db").write_text(text)
    assert (await reader.counts()).claimed == 0
    await reader.aclose()
    await writer.aclose()


async def test_a_log_that_was_deleted_by_hand_is_noticed(tmp_path: Path) -> None:
    path, copy = tmp_path / "ledger.db", tmp_path / "copy" / "ledger.db"
    ledger = await one_done(path, 1, 2, 3)
    copy.parent.mkdir()
    for name in ("ledger.db", "ledger.db.lock"):  # what a kill leaves, less the log
        shutil.copy(tmp_path / name, copy.parent / name)
    await ledger.aclose()
    with pytest.raises(LedgerError, match=r"group\(s\) are missing .* ledger\.db-wal was deleted or an older copy"):
        await SqliteLedger.open(copy)
    lock.lock_path(copy).unlink()
    ledger = await SqliteLedger.open(copy)
    assert (await ledger.counts()).completed == 0
    await ledger.aclose()


async def test_an_older_copy_put_in_place_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    await (await one_done(path, 1)).aclose()
    shutil.copy(path, tmp_path / "old")
    await (await one_done(path, 2)).aclose()
    shutil.copy(tmp_path / "old", path)
    with pytest.raises(LedgerError, match="an older copy was put in its place"):
        await SqliteLedger.open(path)


async def test_a_log_without_its_ledger_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "ledger.db-wal").write_bytes(b"x" * 100)
    with pytest.raises(LedgerError, match="it is gone, but its write-ahead log"):
        await SqliteLedger.open(tmp_path / "ledger.db")
    assert (tmp_path / "ledger.db-wal").read_bytes() == b"x" * 100


async def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"this is not a database " * 400)
    with pytest.raises(LedgerError, match="damaged or no ledger"):
        await SqliteLedger.open(tmp_path / "ledger.db")
    assert (tmp_path / "ledger.db").read_bytes().startswith(b"this is not")


@pytest.mark.skipif(sys.platform != "linux", reason="open files are listed in /proc")
async def test_what_is_no_ledger_is_not_held_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[sqlite3.Connection] = []  # held here, so that what nobody closes stays open
    connect = sqlite3.connect

    def noted(*arguments: Any, **named: Any) -> sqlite3.Connection:
        made.append(connect(*arguments, **named))
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", noted)
    (tmp_path / "ledger.db").write_bytes(b"this is not a database " * 400)
    with pytest.raises(LedgerError, match="damaged or no ledger"):
        await SqliteLedger.open(tmp_path / "ledger.db")
    open_files = [os.path.realpath(item) for item in Path("/proc/self/fd").iterdir()]
    assert made and str(tmp_path / "ledger.db") not in open_files


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_network_file_system_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(LedgerError, match=rf"lies on {kind}, a network file system.*postgresql"):
        lock.refuse_network(tmp_path / "ledger.db", kind=kind)
    lock.refuse_network(tmp_path / "ledger.db")


async def test_two_hosts_on_a_file_system_without_locks_are_warned_and_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_try_lock", lambda *_: True)
    monkeypatch.setattr(lock.platform, "node", lambda: "first")
    here = await one_done(tmp_path / "ledger.db", 1)
    monkeypatch.setattr(lock.platform, "node", lambda: "second")
    with capture_logs() as said:
        there = await SqliteLedger.open(tmp_path / "ledger.db")
    assert [(line["log_level"], line["host"]) for line in said] == [("warning", "first")]
    with pytest.raises(LedgerError, match=r"another process writes this ledger, too \(process \d+ on second"):
        await here.set_meta("a", "b")
    await there.set_meta("c", "d")
    await here.aclose()
    with pytest.raises(LedgerError, match="another process writes this ledger"):
        await there.set_meta("e", "f")
    await there.aclose()


async def test_a_ledger_that_was_closed_is_nobody_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await (await one_done(tmp_path / "ledger.db", 1)).aclose()
    monkeypatch.setattr(lock.platform, "node", lambda: "a new container")
    with capture_logs() as said:
        await (await SqliteLedger.open(tmp_path / "ledger.db")).aclose()
    assert said == []


def test_the_file_system_of_a_mount_is_that_of_the_mount() -> None:
    if not Path("/proc/self/mountinfo").exists():
        pytest.skip("no mountinfo here")
    assert lock.file_system(Path("/proc/self")) == "proc"


_READ_ONLY_FOLDER = """
import asyncio, os, sys
from pathlib import Path
from soar2cot.errors import LedgerError
from soar2cot.ledger.sqlite import SqliteLedger
os.chdir(sys.argv[1]); os.setuid(65534)
try:
    asyncio.run(SqliteLedger.open(Path("ledger.db")))
except LedgerError as error:
    print(error)
async def look():
    reader = await SqliteLedger.open(Path("ledger.db"), read_only=True)
    print("read", (await reader.counts()).completed)
    await reader.aclose()
asyncio.run(look())
"""


async def _closed_with_one(path: Path) -> None:
    await (await one_done(path, 1)).aclose()


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to become somebody who may not write")
def test_a_read_only_folder_is_named_and_can_be_read() -> None:
    folder = Path("/tmp") / f"soar2cot-ro-{os.getpid()}"
    folder.mkdir()
    try:
        asyncio.run(_closed_with_one(folder / "ledger.db"))
        (folder / "ledger.db.lock").unlink()
        folder.chmod(0o555)
        told = subprocess.run(
            [sys.executable, "-c", _READ_ONLY_FOLDER, str(folder)], capture_output=True, text=True, check=False
        )
    finally:
        shutil.rmtree(folder)
    assert "cannot be written" in told.stdout
    assert "name another --run-dir" in told.stdout
    assert "read 1" in told.stdout, told.stderr


async def test_a_full_disk_tears_nothing_and_goes_on_after_space_is_made(tmp_path: Path) -> None:
    ledger = await one_done(tmp_path / "ledger.db", 0)
    run = await ledger.start_run(**RUN)
    connection = ledger._file._connection
    assert connection is not None
    [pages] = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    claims = await ledger.claim([key(n) for n in range(1, 9)], run_id=run, lease_s=60)
    big = [outcome(claim.key, text="x" * 30_000) for claim in claims]
    told = await asyncio.gather(
        *(ledger.commit(claim, item, run_id=run) for claim, item in zip(claims, big, strict=True)),
        return_exceptions=True,
    )
    assert all(isinstance(item, LedgerError) and "the disk is full" in str(item) for item in told)
    assert (await ledger.counts()).completed == 1
    assert await ledger.check() == []
    connection.execute("PRAGMA max_page_count = 1073741823")
    for claim, item in zip(claims, big, strict=True):
        await ledger.commit(claim, item, run_id=run)
    assert (await ledger.counts()).completed == 9
    await ledger.aclose()


@pytest.mark.skipif(os.getuid() != 0 or sys.platform != "linux", reason="needs root to mount a small disk")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        asyncio.run(_fill_and_free(disk))
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


async def _fill_and_free(disk: Path) -> None:
    ledger = await one_done(disk / "ledger.db", 0)
    run = await ledger.start_run(**RUN)
    room = os.statvfs(disk)
    (disk / "ballast").write_bytes(b"x" * (room.f_bavail * room.f_bsize - 200_000))
    n_done = 1
    with pytest.raises(LedgerError, match="the disk is full"):
        for n in range(1, 200):
            [claim] = await ledger.claim([key(n)], run_id=run, lease_s=60)
            await ledger.commit(claim, outcome(claim.key, text="x" * 30_000), run_id=run)
            n_done += 1
    (disk / "ballast").unlink()
    assert (await ledger.counts()).completed == n_done
    assert await ledger.check() == []
    [claim] = await ledger.claim([key(500)], run_id=run, lease_s=60)
    await ledger.commit(claim, outcome(claim.key), run_id=run)
    await ledger.aclose()
    ledger = await SqliteLedger.open(disk / "ledger.db")
    assert (await ledger.counts()).completed == n_done + 1
    await ledger.aclose()


async def test_many_commits_share_few_syncs(tmp_path: Path) -> None:
    ledger = await one_done(tmp_path / "ledger.db", 0)
    run = await ledger.start_run(**RUN)
    claims = await ledger.claim([key(n) for n in range(1, 257)], run_id=run, lease_s=60)
    before = lock.FileLock.high_water(ledger._file._lock)  # type: ignore[arg-type]
    await asyncio.gather(*(ledger.commit(claim, outcome(claim.key), run_id=run) for claim in claims))
    after = lock.FileLock.high_water(ledger._file._lock)  # type: ignore[arg-type]
    assert after - before == 1
    await ledger.aclose()


async def test_a_commit_is_told_only_when_another_process_can_see_it(tmp_path: Path) -> None:
    ledger = await one_done(tmp_path / "ledger.db")
    run = await ledger.start_run(**RUN)
    seen: list[int] = []

    def look() -> None:
        other = sqlite3.connect(tmp_path / "ledger.db")
        seen.append(other.execute("SELECT count(*) FROM completed").fetchone()[0])
        other.close()

    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    faults.arm("ledger.commit.before_commit", look)
    task = asyncio.create_task(ledger.commit(claim, outcome(claim.key), run_id=run))
    await task
    look()
    assert seen == [0, 1]
    assert ledger._file._connection is not None
    assert ledger._file._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    await ledger.aclose()


@pytest.mark.parametrize("action", ["raise", "full"])
@pytest.mark.parametrize(
    "point", [f"ledger.commit.{when}" for when in ("before_begin", "before_commit", "after_commit")]
)
async def test_a_group_that_is_struck_can_be_repeated(tmp_path: Path, point: str, action: str) -> None:
    ledger = await one_done(tmp_path / "ledger.db")
    run = await ledger.start_run(**RUN)
    claims = await ledger.claim([key(n) for n in range(5)], run_id=run, lease_s=60)
    faults.arm(point, action)
    told = await asyncio.gather(
        *(ledger.commit(claim, outcome(claim.key), run_id=run) for claim in claims), return_exceptions=True
    )
    assert all(isinstance(item, LedgerError) for item in told)
    await asyncio.gather(*(ledger.commit(claim, outcome(claim.key), run_id=run) for claim in claims))
    assert (await ledger.counts()).completed == 5
    assert await ledger.check() == []
    await ledger.aclose()


async def test_leases_do_not_care_about_the_clock_on_the_wall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = await one_done(tmp_path / "ledger.db")
    run = await ledger.start_run(**RUN)
    for jump in (-10 * 365 * 86_400, 10 * 365 * 86_400):
        [claim] = await ledger.claim([key(abs(jump) % 7 + (jump > 0))], run_id=run, lease_s=60)
        with monkeypatch.context() as patched:
            moved = SimpleNamespace(time=lambda jump=jump: time.time() + jump)
            patched.setattr("soar2cot.ledger.sqlite_write.time", moved)
            assert await ledger.renew([claim], lease_s=60) == [claim]
            assert await ledger.claim([claim.key], run_id=run, lease_s=60) == []
            await ledger.commit(claim, outcome(claim.key), run_id=run)
    assert (await ledger.counts()).completed == 2
    await ledger.aclose()


async def test_a_worker_that_keeps_dying_is_counted_over_processes(tmp_path: Path) -> None:
    for attempt in (1, 2, 3):
        ledger = await one_done(tmp_path / "ledger.db")
        [claim] = await ledger.claim([key(1)], run_id="run-1", lease_s=60)
        assert claim.attempt == attempt
        await ledger.aclose()


async def test_published_names_are_readable_with_plain_sql(tmp_path: Path) -> None:
    await (await one_done(tmp_path / "ledger.db", 3)).aclose()
    connection = sqlite3.connect(tmp_path / "ledger.db")
    wanted = "id, task_id, round_index, data_type, task_hash, instructions, input_output_analysis, transformation_method, model, example_scores, score, step, soar_code, soar_source_model, soar_generation, soar_round_index, is_hindsight, created_at"  # fmt: skip  # noqa: E501
    [row] = connection.execute(f"SELECT {wanted} FROM instructions").fetchall()
    assert row[1:4] == ("00000003", 0, "hindsight")
    assert row[-1].endswith("Z")
    guesses = connection.execute(
        "SELECT id, instructions_score_id, guess_number, json_extract(grids, '$[0][0][0]'), model, avg_score, scores,"
        " created_at FROM guess"
    ).fetchall()
    assert [(guess[0], guess[1], guess[2], guess[3]) for guess in guesses] == [
        (f"{row[0]}-1", row[0], 1, 1),
        (f"{row[0]}-2", row[0], 2, 2),
    ]
    assert connection.execute("SELECT task_id, round_index, data_type, run_id FROM completed").fetchall() == [
        ("00000003", 0, "hindsight", "run-1")
    ]
    connection.close()


async def test_an_unknown_address_names_the_known_ones() -> None:
    with pytest.raises(LedgerError, match=r"no such kind; use sqlite:///.*postgresql://"):
        await open_ledger("mysql://x")


async def test_check_finds_and_mends_what_somebody_broke(tmp_path: Path) -> None:
    await (await one_done(tmp_path / "ledger.db", 1, 2, 3)).aclose()
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("DELETE FROM instructions WHERE task_id = '00000001'")
    connection.execute("INSERT INTO failures VALUES ('00000002', 0, 0, 1, 'X', 'm', 't', 'run-1', 9)")
    connection.commit()
    connection.close()
    ledger = await SqliteLedger.open(tmp_path / "ledger.db")
    kinds = {item.kind for item in await ledger.check()}
    assert kinds == {
        "completed samples whose result is missing",
        "guesses of no instructions",
        "samples both completed and parked",
        "sums that differ from what they sum",
    }
    mended = {item.kind for item in await ledger.check(mend=True) if item.mended}
    assert mended == kinds - {"completed samples whose result is missing"}
    assert [item.kind for item in await ledger.check()] == ["completed samples whose result is missing"]
    await ledger.aclose()


async def test_a_claim_of_the_process_before_cannot_write(tmp_path: Path) -> None:
    first = await one_done(tmp_path / "ledger.db")
    [claim] = await first.claim([key(1)], run_id="run-1", lease_s=60)
    await first.aclose()
    second = await SqliteLedger.open(tmp_path / "ledger.db")
    with pytest.raises(LeaseLostError):
        await second.commit(claim, outcome(claim.key), run_id="run-1")
    await second.aclose()
