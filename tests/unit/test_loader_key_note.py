"""The keys that a labelled file notes in its footer: those of its rows, or not believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from soar2cot.errors import DataChangedError
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader import compact, index, label, open_soar, write
from soar2cot.soar_loader.key_note import KEYS, key_note
from soar2cot.soar_loader.schema import KINDS
from tests.loader_files import rows
from tests.loader_files import write as write_raw


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    return label(write_raw(tmp_path / "raw.parquet", rows()), tmp_path / "labelled.parquet").out


def without_note(path: Path) -> list[Any]:
    """The keys as the columns say them."""
    names = ["task_id", "round_index", "data_type"]
    table = pq.read_table(path, columns=names)
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def reads_columns(path: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether opening reads the key columns; either way it finds what they say."""
    tables = index._tables
    asked: list[object] = []
    with monkeypatch.context() as patch:
        patch.setattr(index, "_tables", lambda source: (asked.append(source), tables(source))[1])
        found = open_soar(path)
    assert list(found.keys) == without_note(path)
    return bool(asked)


def rewritten(path: Path, change: Callable[[Any], Any], *, notes: dict[bytes, bytes] | None = None) -> Path:
    """The file as another program would write it anew, the notes taken along."""
    table = change(pq.read_table(path))
    file = pq.ParquetWriter(path, table.schema)
    kept = pq.read_metadata(path).metadata if notes is None else notes
    file.write_table(table, row_group_size=write.GROUP_ROWS)
    file.add_key_value_metadata(kept)
    file.close()
    return path


def notes_of(path: Path) -> dict[bytes, bytes]:
    return {name: text for name, text in pq.read_metadata(path).metadata.items() if name.startswith(b"soar2cot.")}


def test_opening_reads_no_key_column(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not reads_columns(labelled, monkeypatch)


def test_every_file_of_a_folder_notes_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "GROUP_ROWS", 2)
    monkeypatch.setattr(write, "PART_ROWS", 4)
    out = label(write_raw(tmp_path / "raw.parquet", rows()), tmp_path / "parts").out
    assert len(list(out.iterdir())) == 3
    assert not reads_columns(out, monkeypatch)
    next(iter(out.iterdir())).unlink()
    assert not reads_columns(out, monkeypatch)


def test_what_is_left_after_compacting_is_noted(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compact(labelled, [item.key for item in open_soar(labelled).stream()][::3])
    assert not reads_columns(labelled, monkeypatch)


def test_other_rows_with_the_notes_taken_along_are_read(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = notes_of(labelled)
    rewritten(labelled, lambda table: table.slice(1), notes=notes)
    assert reads_columns(labelled, monkeypatch)


def test_as_many_rows_of_other_rounds_are_read(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def later(table: Any) -> Any:
        place = table.column_names.index("round_index")
        rounds = pa.array([number + 1 for number in table.column(place).to_pylist()], pa.int32())
        return table.set_column(place, "round_index", rounds)

    notes = notes_of(labelled)
    rewritten(labelled, later, notes=notes)
    assert reads_columns(labelled, monkeypatch)


def other_kind(table: Any) -> Any:
    """Another data type in the sixth row."""
    place = table.column_names.index("data_type")
    kinds = table.column(place).to_pylist()
    kinds[5] = KINDS[1 - KINDS.index(kinds[5])]
    return table.set_column(place, "data_type", pa.array(kinds))


@pytest.mark.parametrize("use", ["stream", "compact"])
def test_a_key_that_only_the_row_tells_is_noticed_before_it_is_handed_on(labelled: Path, use: str) -> None:
    rewritten(labelled, other_kind, notes=notes_of(labelled))
    with pytest.raises(DataChangedError, match=r"labelled\.parquet, row 0 on: other keys .*`soar2cot label`"):
        list(open_soar(labelled).stream()) if use == "stream" else compact(
            labelled, [("x", 0, "original")], out=labelled
        )


def test_labelling_such_a_file_anew_goes_by_its_rows(labelled: Path) -> None:
    rewritten(labelled, other_kind, notes=notes_of(labelled))
    anew = label(labelled, labelled.with_name("anew.parquet")).out
    assert [item.key for item in open_soar(anew).stream()] == without_note(labelled) == without_note(anew)


def test_a_damaged_note_counts_for_nothing(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = notes_of(labelled)
    said = orjson.loads(notes[KEYS])
    damaged = [notes[KEYS][:-9], b"", b"{}", orjson.dumps(said | {"tasks": said["tasks"][::-1]})]
    for text in damaged:
        rewritten(labelled, lambda table: table, notes=notes | {KEYS: text})
        assert reads_columns(labelled, monkeypatch)


def test_rounds_so_high_that_the_note_would_be_large_are_not_noted() -> None:
    keys = KeyColumns(("a",), KINDS, np.zeros(1, np.int32), np.array([1 << 30], np.int32), np.zeros(1, np.int8))
    assert key_note(keys) == {}


def test_a_file_without_rows_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = label(write_raw(tmp_path / "raw.parquet", []), tmp_path / "labelled.parquet").out
    assert len(open_soar(out).keys) == 0
