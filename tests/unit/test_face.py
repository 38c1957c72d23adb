"""progress.json over a ledger: what is an edit, what is not, and who keeps the file."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from pathlib import Path

import pytest

from soar2cot import done_keys, progress_tracker
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.progress_keeper import is_home, kept_alone
from soar2cot.progress_tracker import NO_EDITS, Face, ProgressTracker, ProgressWriter, open_face
from tests.ledger_kit import RUN, key, outcome


async def commit(ledger: MemoryLedger, *numbers: int) -> None:
    run_id = await ledger.start_run(**RUN)
    for claim in await ledger.claim([key(n) for n in numbers], run_id=run_id, lease_s=60):
        await ledger.commit(claim, outcome(claim.key), run_id=run_id)


async def write(path: Path, ledger: MemoryLedger) -> None:
    face = await open_face(path, ledger)
    await face.apply_edits(run_id="r")


def entries(path: Path) -> list[str]:
    return [entry["task_id"] for entry in json.loads(path.read_text())["completed"]]


@pytest.fixture(params=[0, 1_000_000], ids=["many", "few"])
def path(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(done_keys, "LISTED_UP_TO", request.param)
    return tmp_path / "progress.json"


async def test_what_a_crash_left_behind_is_no_edit(path: Path) -> None:
    ledger = MemoryLedger()
    await commit(ledger, 1, 2)
    await write(path, ledger)
    await commit(ledger, 3)
    face = await open_face(path, ledger)
    assert (bool(face.edits), face.stale) == (False, True)
    await face.apply_edits(run_id="r")
    assert len(entries(path)) == 3


async def test_an_untouched_file_is_not_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = MemoryLedger()
    await commit(ledger, 1, 2)
    await write(path, ledger)
    monkeypatch.setattr(progress_tracker, "read_progress", lambda *_, **__: pytest.fail("it was read"))
    face = await open_face(path, ledger)
    assert (bool(face.edits), face.stale, len(face.tracker.keys)) == (False, False, 2)


async def test_a_file_of_the_same_size_and_another_content_is_read(path: Path) -> None:
    ledger = MemoryLedger()
    await commit(ledger, 1, 2)
    await write(path, ledger)
    path.write_text(path.read_text().replace(key(1).task_id, "ffffffff"))
    face = await open_face(path, ledger)
    assert list(face.edits.removed) == [key(1)]
    assert [added.task_id for added in face.edits.added] == ["ffffffff"]


async def test_the_count_in_the_file_tells_of_removals_that_the_ledger_was_not_told_to_have_shown(path: Path) -> None:
    ledger = MemoryLedger()
    await commit(ledger, 1)
    await write(path, ledger)
    await commit(ledger, 2)
    tracker = ProgressTracker(path)
    tracker.keys.add(key(2))
    tracker.write()  # killed here: the file is new, the ledger does not know
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:2], lines[2].rstrip(",\n") + "\n", *lines[4:]]))
    assert list((await open_face(path, ledger)).edits.removed) == [key(2)]


async def test_an_empty_ledger_adopts_a_published_file(path: Path) -> None:
    path.write_text(json.dumps({"completed": [key(n)._asdict() for n in range(3)], "total_completed": 3}))
    ledger = MemoryLedger()
    await write(path, ledger)
    assert set((await ledger.completed()).keys) == {key(n) for n in range(3)}


async def test_another_directory_on_the_same_ledger_redoes_nothing(path: Path, tmp_path: Path) -> None:
    ledger = MemoryLedger()
    assert await is_home(path, ledger)
    await commit(ledger, 1, 2)
    await write(path, ledger)
    other = tmp_path / "other" / "progress.json"
    assert not await is_home(other, ledger)
    face = await open_face(other, ledger, kept=False)
    await face.apply_edits(run_id="r")
    await ProgressWriter(face).save()
    assert (bool(face.edits), len(face.tracker.keys), other.exists()) == (False, 2, False)
    assert not (await open_face(path, ledger)).edits


def test_one_process_keeps_the_file(path: Path) -> None:
    with kept_alone(path) as first, kept_alone(path) as second:
        assert (first, second) == (True, False)
    with kept_alone(path) as again:
        assert again


async def test_rewriting_shows_what_the_ledger_holds(path: Path) -> None:
    path.write_text("not JSON at all")
    ledger = MemoryLedger()
    await commit(ledger, 1)
    await Face(ProgressTracker.empty(path), ledger, 0, NO_EDITS, stale=True, stats={}).rewrite()
    assert entries(path) == [key(1).task_id]


async def test_the_note_in_the_ledger_is_right_after_any_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(done_keys, "LISTED_UP_TO", 0)
    chance, ledger, read = random.Random(3), MemoryLedger(), {True: 0, False: 0}
    for _ in range(300):
        act, numbers = chance.choice(["commit", "commit", "forget", "restore", "write"]), chance.sample(range(30), 3)
        if act == "commit":
            await commit(ledger, *numbers)
        elif act == "forget":
            await ledger.forget([key(n) for n in numbers], reason="again")
        elif act == "restore":
            await ledger.restore()
        elif act == "write":
            await write(tmp_path / "progress.json", ledger)
        known = await done_keys.known_keys(ledger)
        read[known.noted] += 1
        assert set(known.keys) == set((await ledger.completed()).keys)
        assert (await ledger.completed(known.cursor)).keys == ()
    assert read[True] > 50, "the note was hardly ever of use"
    assert read[False] > 20, "the note was hardly ever refused"


@pytest.mark.parametrize("damaged", ["", "7", "2 {}", "2 []", '2 {"tasks": ["a"], "n_rounds": 3, "bits": "eA=="}'])
async def test_a_note_that_is_damaged_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str
) -> None:
    monkeypatch.setattr(done_keys, "LISTED_UP_TO", 0)
    ledger = MemoryLedger()
    await commit(ledger, 1, 2)
    await write(tmp_path / "progress.json", ledger)
    await ledger.set_meta("completed keys up to a cursor", damaged)
    known = await done_keys.known_keys(ledger)
    assert (known.noted, set(known.keys)) == (False, {key(1), key(2)})


async def test_a_large_file_that_is_only_behind_is_written_while_the_run_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = MemoryLedger()
    await commit(ledger, 1)
    await write(path, ledger)
    await commit(ledger, 2)
    monkeypatch.setattr(progress_tracker, "CHEAP_UP_TO", 1)
    face = await open_face(path, ledger)
    await face.apply_edits(run_id="r")
    assert len(entries(path)) == 1
    await ProgressWriter(face).save()
    assert len(entries(path)) == 2


async def test_quick_samples_share_a_replacement_and_none_is_told_before_it_stands_in_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once: list[int] = []
    under_way = 0

    def counted(tracker: ProgressTracker) -> None:
        nonlocal under_way
        under_way += 1
        at_once.append(under_way)
        save(tracker)
        under_way -= 1

    save = ProgressTracker.write
    monkeypatch.setattr(ProgressTracker, "write", counted)
    monkeypatch.setattr(progress_tracker, "LONGEST_REST_S", 0)
    ledger = MemoryLedger()
    writer = ProgressWriter(await open_face(path, ledger))
    keeping = asyncio.create_task(writer.keep())

    async def one(number: int) -> None:
        await commit(ledger, number)
        await writer.shows(key(number))
        assert key(number).task_id in entries(path)

    await asyncio.gather(*map(one, range(50)))
    keeping.cancel()
    assert len(entries(path)) == 50
    assert len(at_once) < 25
    assert set(at_once) == {1}


async def test_a_replacement_that_was_under_way_when_its_writer_was_cancelled_is_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, go_on = threading.Event(), threading.Event()
    under_way: list[str] = []

    def slow(tracker: ProgressTracker) -> None:
        under_way.append("begins")
        started.set()
        assert go_on.wait(10)
        save(tracker)
        under_way.append("ends")

    save = ProgressTracker.write
    monkeypatch.setattr(ProgressTracker, "write", slow)
    monkeypatch.setattr(progress_tracker, "CHEAP_UP_TO", -1)
    ledger = MemoryLedger()
    face = await open_face(path, ledger)
    face.stale = True
    writer = ProgressWriter(face)
    keeping = asyncio.create_task(writer.keep())
    await commit(ledger, 1)
    await writer.shows(key(1))
    await asyncio.to_thread(started.wait, 10)
    keeping.cancel()
    await asyncio.wait([keeping])
    await commit(ledger, 2)
    last = asyncio.create_task(writer.save())
    await asyncio.sleep(0)
    go_on.set()
    await last
    assert under_way == ["begins", "ends"] * 2
    assert len(entries(path)) == 2
    assert not face.stale


async def test_the_file_keeps_the_order_of_completion_over_restarts(path: Path) -> None:
    ledger = MemoryLedger()
    numbers = random.Random(1).sample(range(100), 60)
    for start in (0, 20, 40):
        await commit(ledger, *numbers[start : start + 20])
        face = await open_face(path, ledger)
        await face.apply_edits(run_id="r")
        await ProgressWriter(face).save()
        assert entries(path) == [key(n).task_id for n in numbers[: start + 20]]
    await ledger.set_meta(done_keys._NOTE, "")
    path.write_bytes(path.read_bytes())
    face = await open_face(path, ledger)
    assert [item.task_id for item in face.tracker.keys] == [key(n).task_id for n in numbers]
