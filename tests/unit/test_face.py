"""progress.json over a ledger: what is an edit, what is not, and who keeps the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from soar2cot import progress_tracker
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.progress_tracker import NO_EDITS, Face, ProgressTracker, ProgressWriter, is_home, kept_alone, open_face
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
    monkeypatch.setattr(progress_tracker, "IN_ORDER_UP_TO", request.param)
    return tmp_path / "progress.json"


async def test_what_a_crash_left_behind_is_no_edit(path: Path) -> None:
    ledger = MemoryLedger()
    await commit(ledger, 1, 2)
    await write(path, ledger)
    await commit(ledger, 3)
    face = await open_face(path, ledger)
    assert (face.edits, face.stale) == (NO_EDITS, True)
    await face.apply_edits(run_id="r")
    assert len(entries(path)) == 3


async def test_an_untouched_file_is_not_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = MemoryLedger()
    await commit(ledger, 1, 2)
    await write(path, ledger)
    monkeypatch.setattr(progress_tracker, "read_progress", lambda *_, **__: pytest.fail("it was read"))
    face = await open_face(path, ledger)
    assert (face.edits, face.stale, len(face.tracker.keys)) == (NO_EDITS, False, 2)


async def test_a_file_of_the_same_size_and_another_content_is_read(path: Path) -> None:
    ledger = MemoryLedger()
    await commit(ledger, 1, 2)
    await write(path, ledger)
    path.write_text(path.read_text().replace(key(1).task_id, "ffffffff"))
    face = await open_face(path, ledger)
    assert face.edits.removed == [key(1)]
    assert [added.task_id for added in face.edits.added] == ["ffffffff"]


async def test_the_count_in_the_file_tells_of_removals_that_the_ledger_was_not_told_to_have_shown(path: Path) -> None:
    ledger = MemoryLedger()
    await commit(ledger, 1)
    await write(path, ledger)
    await commit(ledger, 2)
    tracker = ProgressTracker(path)
    tracker.keys.add(key(2))
    tracker.save()  # killed here: the file is new, the ledger does not know
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:2], lines[2].rstrip(",\n") + "\n", *lines[4:]]))
    assert (await open_face(path, ledger)).edits.removed == [key(2)]


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
    assert (face.edits, len(face.tracker.keys), other.exists()) == (NO_EDITS, 2, False)
    assert (await open_face(path, ledger)).edits == NO_EDITS


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
