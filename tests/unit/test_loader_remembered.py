"""The keys of a large file, remembered between starts: the same as read, or not used at all."""

from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from soar2cot.soar_loader import data as soar_data
from soar2cot.soar_loader import label, open_soar, remembered
from tests.loader_files import rows, write


@pytest.fixture(autouse=True)
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soar_data, "FEWEST_ROWS", 1)


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / ".data-keys.json"


@pytest.fixture
def labelled(tmp_path: Path, memory: Path) -> Path:
    """A labelled file whose keys are remembered."""
    out = label(write(tmp_path / "raw.parquet", rows()), tmp_path / "labelled.parquet").out
    open_soar(out, memory=memory).remember(memory)
    assert memory.exists()
    return out


def was_recalled(path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    read = soar_data.read_keys
    asked: list[object] = []
    with monkeypatch.context() as patch:
        patch.setattr(soar_data, "read_keys", lambda sources: (asked.append(sources), read(sources))[1])
        found = open_soar(path, memory=memory)
    expected = open_soar(path)
    assert list(found.keys) == list(expected.keys)
    assert list(found.stream()) == list(expected.stream())
    assert (found.identity, found.order is None) == (expected.identity, expected.order is None)
    return not asked


def test_they_are_the_keys_of_the_file(labelled: Path, memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert was_recalled(labelled, memory, monkeypatch)


def test_done_rows_are_left_out_as_ever(labelled: Path, memory: Path) -> None:
    done = [item.key for item in open_soar(labelled).stream()][::3]
    found, expected = (open_soar(labelled, memory=where) for where in (memory, None))
    assert [item.key for item in found.stream(done)] == [item.key for item in expected.stream(done)]
    assert found.remaining(done) == expected.remaining(done) == 8


def test_a_file_that_took_the_place_is_read(labelled: Path, memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = labelled.stat()
    other = label(write(labelled.with_name("other.parquet"), rows()[2:]), labelled.with_name("new.parquet")).out
    other.replace(labelled)
    os.utime(labelled, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert not was_recalled(labelled, memory, monkeypatch)


def test_the_same_size_and_times_with_another_footer_is_another_file(
    labelled: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = remembered.marks_of([str(labelled)])
    assert marks is not None
    changed = [[*mark[:-1], "another footer"] for mark in marks]
    monkeypatch.setattr(soar_data, "marks_of", lambda _: changed)
    assert not was_recalled(labelled, memory, monkeypatch)


def test_a_file_exchanged_while_it_was_opened_is_read(
    labelled: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = remembered.marks_of([str(labelled)])
    answers = iter([marks, None])
    monkeypatch.setattr(soar_data, "marks_of", lambda _: next(answers))
    assert not was_recalled(labelled, memory, monkeypatch)


@pytest.mark.parametrize("cut", [0, 1, 40, -40, -1])
def test_a_damaged_memory_counts_for_nothing(
    labelled: Path, memory: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    memory.write_bytes(memory.read_bytes()[:cut])
    assert not was_recalled(labelled, memory, monkeypatch)


def test_a_flipped_bit_is_noticed(labelled: Path, memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bits = remembered.KeyBits.from_text(open_bits(memory))
    assert bits is not None
    flipped = remembered.KeyBits(bits.tasks, bytes([bits.bits[0] ^ 0b1100_0000]) + bits.bits[1:])
    text = open_bits(memory)
    forged = flipped.text().replace(_sha(flipped.text()), _sha(text))
    memory.write_bytes(memory.read_bytes().replace(_escaped(text), _escaped(forged)))
    assert not was_recalled(labelled, memory, monkeypatch)


def test_raw_and_unsorted_files_are_not_remembered(tmp_path: Path, memory: Path) -> None:
    raw = write(tmp_path / "raw.parquet", rows())
    open_soar(raw, memory=memory).remember(memory)
    assert not memory.exists()


def test_a_full_disk_remembers_nothing_and_stops_nothing(labelled: Path, tmp_path: Path) -> None:
    open_soar(labelled, memory=tmp_path / "new").remember(tmp_path / "no" / "folder" / "new")


def open_bits(memory: Path) -> str:
    return orjson.loads(memory.read_bytes())["keys"]


def _sha(text: str) -> str:
    return orjson.loads(text)["sha256"]


def _escaped(text: str) -> bytes:
    return orjson.dumps(text)
