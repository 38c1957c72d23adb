"""What a run is handed: every row once, in the order of work, only what is left, bad rows by themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from soar2cot.errors import InputError
from soar2cot.key_columns import KeyColumns
from soar2cot.records import Sample, SampleKey
from soar2cot.soar_loader import BadRow, label, load_soar_data_labeled, open_soar
from soar2cot.soar_loader import data as data_module
from soar2cot.soar_loader import reader as reader_module
from tests.loader_files import ARC, TASKS, retyped, right, rows, write, wrong


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return write(tmp_path / "raw.parquet", rows())


@pytest.fixture
def labelled(raw: Path) -> Path:
    return label(raw, raw.with_name("labelled.parquet")).out


def keys(path: Path, completed: Any = ()) -> list[SampleKey]:
    return [item.key for item in open_soar(path).stream(completed)]


def test_rounds_go_up_and_tasks_within_a_round_are_in_alphabetical_order(raw: Path) -> None:
    kinds = ("original", "hindsight", "original")
    assert keys(raw) == [SampleKey(task, i, kinds[i]) for i in range(3) for task in TASKS]


def test_a_labelled_file_gives_the_same_samples_as_the_raw_one(raw: Path, labelled: Path) -> None:
    def content(path: Path) -> list[Any]:
        return [(s.key, s.code, s.source_model, s.generation, s.correct_train_input, s.predicted_train_output,
                 s.correct_test_input, s.predicted_test_output) for s in open_soar(path).stream()]  # type: ignore[union-attr]  # fmt: skip

    assert content(raw) == content(labelled)


def test_a_sample_holds_what_its_row_holds(raw: Path) -> None:
    sample = next(open_soar(raw).stream())
    assert isinstance(sample, Sample)
    row = right(TASKS[0], 0)
    assert sample.code == row["code"]
    assert sample.source_model == "model-a"
    assert sample.correct_train_input == tuple(row["correct_train_input"])
    assert list(sample.predicted_train_output) == row["predicted_train_output"]
    assert list(sample.predicted_test_output) == row["predicted_test_output"]
    assert (sample.row, sample.generation) == (0, 0)


@pytest.mark.parametrize("how", [list, set, KeyColumns.of, iter])
def test_completed_keys_are_left_out_however_they_are_given(labelled: Path, how: Any) -> None:
    everything = keys(labelled)
    done = everything[:2] + everything[7:9]
    assert keys(labelled, how(done)) == [key for key in everything if key not in done]
    assert open_soar(labelled).remaining(how(done)) == len(everything) - 4


def test_completed_keys_that_no_row_has_change_nothing(raw: Path) -> None:
    strange = [
        SampleKey("zzzzzzzz", 0, "original"),
        SampleKey(TASKS[0], 99, "original"),
        SampleKey(TASKS[0], 0, "hindsight"),
    ]
    assert open_soar(raw).remaining(strange) == 12
    assert len(keys(raw, strange)) == 12


def test_row_groups_that_are_done_are_not_read(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pq.read_table(labelled)
    pq.write_table(table, labelled, row_group_size=4)
    data = open_soar(labelled)
    read: list[int] = []
    real = type(data.reader.sources[0]).read_group
    monkeypatch.setattr(
        type(data.reader.sources[0]), "read_group", lambda self, i, c: (read.append(i), real(self, i, c))[1]
    )
    done = [item.key for item in data.stream()][:8]
    read.clear()
    assert [key.round_index for key in (item.key for item in data.stream(done))] == [2] * 4
    assert set(read) == {2}


def test_an_unsorted_file_is_read_in_windows_and_still_in_order(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_module, "_WINDOW_BYTES", 1)
    monkeypatch.setattr(data_module, "_WINDOW_ROWS_MIN", 5)
    data = open_soar(raw)
    assert not data.is_sorted
    assert len(list(data.windows(np.ones(12, dtype=np.bool_)))) == 3
    assert [item.key for item in data.stream()] == sorted(
        (item.key for item in data.stream()), key=lambda key: (key.round_index, key.task_id)
    )
    assert len(keys(raw)) == 12


def test_a_row_group_of_any_size_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "one.parquet", rows(), group_rows=100)
    monkeypatch.setattr(reader_module, "_PIECE_BYTES", 1)
    monkeypatch.setattr(reader_module, "_WHOLE_ROWS", 0)
    data = open_soar(path)
    assert len(list(data.reader.pieces(0, ("code",)))) == 12
    assert [item.key.round_index for item in data.stream()] == [0] * 4 + [1] * 4 + [2] * 4


def test_a_stream_that_is_given_up_leaves_no_thread_at_work(labelled: Path) -> None:
    import threading

    stream = open_soar(labelled).stream()
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name.startswith("soar-read"):
            thread.join(5)
            assert not thread.is_alive()


# --- rows that cannot be used


def bad_row_of(path: Path) -> BadRow:
    items = list(open_soar(path).stream())
    bad = [item for item in items if isinstance(item, BadRow)]
    assert len(items) == 12
    assert len(bad) == 1
    return bad[0]


GRID = [[0, 1], [2, 3]]
WRONG_GRIDS = {
    "colour": ([[0, 10]], "column 1"),
    "negative colour": ([[-1]], "int -1"),
    "far out of range": ([[300]], "int 300"),
    "ragged": ([[1, 2], [3]], "row 1: 1 cells"),
    "too high": ([[1]] * 31, ": 31 rows"),
    "too wide": ([[1] * 31], "row 0: 31 cells"),
    "no row": ([], ": 0 rows"),
    "empty row": ([[]], "row 0: 0 cells"),
    "null grid": (None, "NoneType"),
    "null row": ([None], "row 0"),
    "null cell": ([[None]], "NoneType"),
}


@pytest.mark.parametrize("what", WRONG_GRIDS)
@pytest.mark.parametrize("column", ["predicted_train_output", "predicted_test_output"])
@pytest.mark.parametrize("is_labelled", [False, True])
def test_a_row_with_a_bad_grid_costs_itself_and_names_column_and_row(
    tmp_path: Path, what: str, column: str, is_labelled: bool
) -> None:
    grid, said = WRONG_GRIDS[what]
    values = rows()
    values[5][column] = [grid, *values[5][column][1:]]
    path = write(tmp_path / "raw.parquet", values)
    if is_labelled:
        report = label(path, tmp_path / "labelled.parquet")
        assert report.bad_rows == 1
        assert f"row 5 ({TASKS[1]}/2/" in report.first_bad[0]
        path = report.out
    bad = bad_row_of(path)
    assert bad.key == SampleKey(TASKS[1], 2, "original")
    assert f"column {column}, grid 0" in str(bad.error)
    assert said in str(bad.error)
    assert f"{path}, row " in str(bad.error)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("code", None),
        ("correct_train_input", None),
        ("correct_train_input", [None, True]),
        ("predicted_train_output", None),
        ("predicted_train_output", []),
        ("predicted_test_output", None),
        ("predicted_test_output", [GRID, GRID]),
    ],
)
def test_a_null_or_a_list_of_another_length_costs_its_row(tmp_path: Path, column: str, value: Any) -> None:
    values = rows()
    values[1][column] = value
    bad = bad_row_of(write(tmp_path / "raw.parquet", values))
    assert bad.key == SampleKey(TASKS[0], 1, "hindsight")
    assert f"column {column}" in str(bad.error)


def test_null_test_flags_make_a_hindsight_row_that_is_bad(tmp_path: Path) -> None:
    values = rows()
    values[0]["correct_test_input"] = None
    bad = bad_row_of(write(tmp_path / "raw.parquet", values))
    assert bad.key == SampleKey(TASKS[0], 0, "hindsight")


def test_a_row_group_that_cannot_be_read_is_tried_again_then_costs_its_rows(
    labelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(pq.read_table(labelled), labelled, row_group_size=4)
    data = open_soar(labelled)
    data.reader.row_bytes  # noqa: B018 - read while the file can be read
    monkeypatch.setattr(reader_module, "_PAUSES_S", (0.0, 0.0))
    tries: list[int] = []
    real = type(data.reader.sources[0]).read_group

    def failing(self: Any, index: int, columns: Any) -> Any:
        if index == 1:
            tries.append(index)
            raise InputError("row group 1: cannot be read: it is broken")
        return real(self, index, columns)

    monkeypatch.setattr(type(data.reader.sources[0]), "read_group", failing)
    items = list(data.stream())
    assert tries == [1, 1, 1]
    assert [isinstance(item, BadRow) for item in items] == [False] * 4 + [True] * 4 + [False] * 4
    assert all("it is broken" in str(item.error) for item in items if isinstance(item, BadRow))


def test_what_cannot_be_read_is_not_taken_for_other_data(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = open_soar(raw)
    data.reader.row_bytes  # noqa: B018 - read while the file can be read
    monkeypatch.setattr(reader_module, "_PAUSES_S", ())

    def failing(*_: Any) -> Any:
        raise InputError("row group 0: cannot be read: it is broken")

    monkeypatch.setattr(type(data.reader.sources[0]), "read_group", failing)
    with pytest.raises(InputError, match="it is broken"):
        data.identity  # noqa: B018 - it is worked out when it is asked for


def test_a_row_group_that_fails_once_costs_nothing(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "_PAUSES_S", (0.0, 0.0))
    data = open_soar(labelled)
    data.reader.row_bytes  # noqa: B018 - read while the file can be read
    failures = iter([True])
    real = type(data.reader.sources[0]).read_group

    def failing(self: Any, index: int, columns: Any) -> Any:
        if next(failures, False):
            raise InputError("a hiccup")
        return real(self, index, columns)

    monkeypatch.setattr(type(data.reader.sources[0]), "read_group", failing)
    assert all(isinstance(item, Sample) for item in data.stream())


# --- columns that say it in another way


def as_json(value: Any) -> str:
    return json.dumps(value)


def as_numpy(value: Any) -> Any:
    """As pandas hands it over: an object array of object arrays of arrays."""
    grids = np.empty(len(value), dtype=object)
    for index, grid in enumerate(value):
        grids[index] = np.empty(len(grid), dtype=object)
        for place, row in enumerate(grid):
            grids[index][place] = np.array(row)
    return grids


NESTED = pa.list_(pa.list_(pa.list_(pa.int64())))
SPELLINGS = {
    "JSON text": (as_json, pa.string()),
    "list of JSON texts": (lambda value: [as_json(grid) for grid in value], pa.list_(pa.string())),
    "numpy objects": (as_numpy, NESTED),
    "int8": (lambda value: value, pa.list_(pa.list_(pa.list_(pa.int8())))),
    "uint64": (lambda value: value, pa.list_(pa.list_(pa.list_(pa.uint64())))),
    "floats": (lambda value: value, pa.list_(pa.list_(pa.list_(pa.float64())))),
    "large lists": (lambda value: value, pa.large_list(pa.large_list(pa.large_list(pa.int32())))),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("is_labelled", [False, True])
def test_grids_in_other_types_are_understood(raw: Path, spelling: str, is_labelled: bool) -> None:
    expected = list(open_soar(raw).stream())
    spelled, kind = SPELLINGS[spelling]
    for name in ("predicted_train_output", "predicted_test_output"):
        retyped(raw, name, [spelled(value) for value in pq.read_table(raw).column(name).to_pylist()], kind)
    path = label(raw, raw.with_name("again.parquet")).out if is_labelled else raw
    found = list(open_soar(path).stream())
    assert [(s.key, s.predicted_train_output, s.predicted_test_output) for s in found] == [  # type: ignore[union-attr]
        (s.key, s.predicted_train_output, s.predicted_test_output) for s in expected  # type: ignore[union-attr]
    ]  # fmt: skip


def test_flags_as_json_text_and_task_ids_as_dictionary_are_understood(raw: Path) -> None:
    expected = keys(raw)
    table = pq.read_table(raw)
    for name in ("correct_train_input", "correct_test_input"):
        retyped(raw, name, [json.dumps(value) for value in table.column(name).to_pylist()], pa.string())
    retyped(raw, "task_id", table.column("task_id").to_pylist(), pa.dictionary(pa.int32(), pa.string()))
    assert keys(raw) == expected
    assert all(isinstance(item, Sample) for item in open_soar(raw).stream())


def test_one_text_that_is_no_json_costs_one_row(raw: Path) -> None:
    texts = [json.dumps(value) for value in pq.read_table(raw).column("predicted_train_output").to_pylist()]
    texts[4] = texts[4][:-3]
    retyped(raw, "predicted_train_output", texts, pa.string())
    assert "column predicted_train_output" in str(bad_row_of(raw).error)


def test_an_unknown_generation_and_model_are_said_as_such(tmp_path: Path) -> None:
    path = write(tmp_path / "raw.parquet", [right(TASKS[0]) | {"generation": None, "model": None}])
    sample = next(open_soar(path).stream())
    assert isinstance(sample, Sample)
    assert (sample.generation, sample.source_model) == (-1, "")


# --- identity


def test_identity_is_of_the_content_not_of_the_name(tmp_path: Path, raw: Path, labelled: Path) -> None:
    moved = raw.rename(tmp_path / "elsewhere.parquet")
    assert open_soar(moved).identity == open_soar(labelled).identity
    other = rows()
    other[-1]["code"] += " "
    assert open_soar(write(tmp_path / "elsewhere.parquet", other)).identity != open_soar(labelled).identity


def test_identity_of_a_file_that_was_rewritten_with_other_rows_is_another(labelled: Path) -> None:
    before = open_soar(labelled).identity
    table = pq.read_table(labelled)
    pq.write_table(table.slice(0, 9).replace_schema_metadata(table.schema.metadata), labelled)
    assert open_soar(labelled).identity != before


# --- the published way


class Tracker:
    def __init__(self, done: set[tuple[str, int, str]]) -> None:
        self.done = done

    def get_completed_set(self) -> set[tuple[str, int, str]]:
        return self.done


def test_a_frame_of_what_is_left(raw: Path) -> None:
    import structlog

    with structlog.testing.capture_logs() as logs:
        frame = load_soar_data_labeled(raw, Tracker({(TASKS[0], 0, "original")}))
    assert len(frame) == 11
    assert frame.row(0, named=True)["task_id"] == TASKS[1]
    assert frame.columns[-2:] == ["round_index", "data_type"]
    assert frame.row(0, named=True)["predicted_train_output"] == [pair.output for pair in ARC[TASKS[1]].train]
    assert [entry["event"] for entry in logs] == ["Loading original SOAR data", "Filtered out completed samples"]
    assert (logs[1]["remaining"], logs[1]["completed"]) == (11, 1)


def test_a_frame_of_nothing_left_has_the_columns(raw: Path) -> None:
    frame = load_soar_data_labeled(raw, Tracker({tuple(key) for key in keys(raw)}))  # type: ignore[misc]
    assert len(frame) == 0
    assert {"code", "round_index", "data_type"} <= set(frame.columns)


def test_wrong_rows_are_hindsight(tmp_path: Path) -> None:
    path = write(tmp_path / "raw.parquet", [wrong(TASKS[0], 3), right(TASKS[0], 4)])
    assert [item.key.data_type for item in open_soar(path).stream()] == ["hindsight", "original"]


def test_neither_a_start_nor_a_stream_loads_pandas(labelled: Path) -> None:
    program = f"""
import asyncio, sys
import subprocess
import sys
from pathlib import Path
import soar2cot.cli.run
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.ledger.columns import columns_of_rounds
from soar2cot.keyset import KeySet
from soar2cot.progress_file import parse_progress, render_progress
from soar2cot.records import Sample
from soar2cot.soar_loader import open_soar

data = open_soar({str(labelled)!r})
done = KeySet(list(data.keys)[::3])
assert all(isinstance(item, Sample) for item in data.stream(done))
text = b"".join(render_progress(done, last_saved_to_parquet=0))
import soar2cot.progress_file
soar2cot.progress_file.FAST_FROM_BYTES = 0
assert list(parse_progress(text, source="p").keys) == list(done)
assert len(columns_of_rounds([(0, 0, "a\\nb")], 0)) == 2
print("pandas" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "False", found.stderr
