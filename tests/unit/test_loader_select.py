"""Which rows a selection leaves, and what it says about the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soar2cot.config import Selection
from soar2cot.errors import ConfigError
from soar2cot.records import SampleKey
from soar2cot.soar_loader import label, open_soar
from soar2cot.soar_loader.canonical import program_digest
from soar2cot.soar_loader.duplicates import first_of_each
from soar2cot.soar_loader.trivial import is_trivial
from tests.loader_files import ARC, TASKS, right, rows, write, wrong


@pytest.fixture(params=["raw", "labelled"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    raw = write(tmp_path / "raw.parquet", rows(6))
    return raw if request.param == "raw" else label(raw, tmp_path / "labelled.parquet").out


def taken(path: Path, **select: Any) -> tuple[list[SampleKey], dict[str, int]]:
    data = open_soar(path, select=Selection(**select))
    keys = [item.key for item in data.stream()]
    assert data.n_rows == data.remaining(()) == len(keys)
    return keys, dict(data.selected.counts)


def test_without_a_selection_all_rows_are_taken_and_nothing_is_counted(path: Path) -> None:
    keys, counts = taken(path)
    assert (len(keys), counts) == (24, {})


@pytest.mark.parametrize(
    ("select", "kept", "name"),
    [
        ({"rounds": (1, 3)}, lambda key: 1 <= key.round_index < 3, "rounds"),
        ({"rounds": (4, None)}, lambda key: key.round_index >= 4, "rounds"),
        ({"task_ids": TASKS[1:3]}, lambda key: key.task_id in TASKS[1:3], "task_ids"),
        ({"data_type": "original"}, lambda key: key.data_type == "original", "data_type"),
        ({"data_type": "hindsight"}, lambda key: key.data_type == "hindsight", "data_type"),
        ({"models": ("model-b",)}, lambda key: key.data_type == "hindsight", "models"),
        ({"models": ("model-a", "model-b")}, lambda key: True, "models"),
        ({"generations": (0, 5)}, lambda key: key.round_index in (0, 5), "generations"),
        ({"where": "round_index > 2 AND task_id > '1'"}, lambda key: key[1] > 2 and key[0] > "1", "where"),
        ({"where": "code LIKE '%# 3'"}, lambda key: key.round_index == 3, "where"),
        ({"where": "data_type = 'hindsight' or generation = 0"}, lambda key: key.round_index in (0, 1, 3, 5), "where"),
        ({"where": "len(correct_test_input) > 1"}, lambda key: len(ARC[key.task_id].test) > 1, "where"),
        ({"per_task": 2}, lambda key: key.round_index < 2, "per_task"),
        ({"limit": 5}, lambda key: (key.round_index, key.task_id) <= (1, TASKS[0]), "limit"),
        ({"limit": 0}, lambda key: False, "limit"),
    ],
)  # fmt: skip
def test_each_filter_takes_what_it_says_and_counts_it(path: Path, select: dict[str, Any], kept: Any, name: str) -> None:
    everything, _ = taken(path)
    keys, counts = taken(path, **select)
    assert keys == [key for key in everything if kept(key)]
    assert counts == {name: len(everything) - len(keys)}


def test_filters_follow_one_another(path: Path) -> None:
    keys, counts = taken(path, data_type="hindsight", where="round_index > 1", per_task=1, limit=3)
    assert keys == [SampleKey(task, 3, "hindsight") for task in TASKS[:3]]
    assert counts == {"data_type": 12, "where": 4, "per_task": 4, "limit": 1}


def test_what_each_filter_took_is_told(path: Path) -> None:
    import structlog

    with structlog.testing.capture_logs() as logs:
        open_soar(path, select=Selection(data_type="hindsight", limit=3))
        open_soar(path)
    assert logs == [
        {"event": "Selected rows", "log_level": "info", "rows": 3, "left_out": {"data_type": 12, "limit": 9}}
    ]


def test_a_selection_is_the_same_rows_whatever_is_done(path: Path) -> None:
    everything, _ = taken(path, limit=6)
    data = open_soar(path, select=Selection(limit=6))
    assert [item.key for item in data.stream(everything[:4])] == everything[4:]


def test_a_task_that_no_row_has_is_said(path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--task-id ffffffff: no row of the data has it; there are 4 tasks"):
        taken(path, task_ids=("ffffffff",))


@pytest.mark.parametrize(
    "where",
    ["colour = 3", "round_index >", "1; drop table piece", "read_text('/etc/passwd') = ''", "sum(generation) > 1"],
)
def test_a_where_that_is_no_condition_on_the_columns_is_said(path: Path, where: str) -> None:
    with pytest.raises(ConfigError, match=r"--where .* cannot be used: .*; the columns are code, "):
        taken(path, where=where)


def test_where_cannot_read_files(path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(ConfigError, match="--where"):
        taken(path, where=f"(select count(*) from '{tmp_path / 'secret.csv'}') = 1")


# --- trivial rows


def same(task_id: str) -> dict[str, Any]:
    task = ARC[task_id]
    return wrong(task_id) | {
        "predicted_train_output": [pair.input for pair in task.train],
        "predicted_test_output": [pair.input for pair in task.test],
    }


def constant(task_id: str) -> dict[str, Any]:
    row = wrong(task_id)
    for part in ("train", "test"):
        row[f"predicted_{part}_output"] = [[[1, 2]]] * len(row[f"predicted_{part}_output"])
    return row


def test_rows_that_change_nothing_or_always_say_the_same_are_dropped(tmp_path: Path) -> None:
    path = write(tmp_path / "raw.parquet", [right(TASKS[0]), same(TASKS[0]), constant(TASKS[0]), wrong(TASKS[0])])
    keys, counts = taken(path, drop_trivial=True)
    assert [key.round_index for key in keys] == [0, 3]
    assert counts == {"drop_trivial": 2}


def test_a_row_that_cannot_be_used_is_kept_for_its_own_error(tmp_path: Path) -> None:
    path = write(tmp_path / "raw.parquet", [same(TASKS[0]), right(TASKS[0]) | {"code": None}])
    keys, _ = taken(path, drop_trivial=True, deduplicate=True)
    assert [key.round_index for key in keys] == [1]


def test_what_is_trivial() -> None:
    a, b = [[1, 0]], [[2, 0]]
    assert is_trivial([a, b], [a, b])
    assert is_trivial([a, a], [a, b])
    assert is_trivial([[[3]], [[3, 3]]], [a, b])
    assert not is_trivial([b, a], [a, b])
    assert not is_trivial([[[3]], [[4]]], [a, b])
    assert not is_trivial([a], [b])
    assert not is_trivial([a, b], None)


# --- duplicates

ONE = """
def helper(cells, width):
    # counts
    return [cell + 1 for cell in cells if cell != width]

def transform(grid):
    '''Adds one.'''
    result = []
    for row in grid:
        result.append(helper(row, len(row)))
    return result
"""
SAME_BUT_NAMES_AND_LAYOUT = """
def f( xs,w ):
        return [ x+1 for x in xs
                 if (x != w) ]
def transform(g):
        out=[]   # another comment
        for line in g: out.append(f(line,
                                    len(line)))
        return out
"""
OTHERS = {
    "another constant": ONE.replace("cell + 1", "cell + 2"),
    "another constant of equal value": ONE.replace("cell + 1", "cell + 1.0"),
    "another operator": ONE.replace("!=", "=="),
    "another method": ONE.replace("append", "extend"),
    "other variables in the same places": ONE.replace("helper(row, len(row))", "helper(grid, len(row))"),
    "another built-in": ONE.replace("len(row)", "max(row)"),
    "another import": ONE.replace("result = []", "import math\n    result = []"),
}


def test_programs_are_the_same_but_for_names_layout_comments_and_docstrings() -> None:
    assert program_digest(ONE) == program_digest(SAME_BUT_NAMES_AND_LAYOUT)


def test_a_function_within_is_told_from_the_one_around_it() -> None:
    outer = "def transform(a):\n    def inner(b):\n        return a\n    return inner\n"
    assert program_digest(outer) != program_digest(outer.replace("return a", "return b"))
    assert program_digest(outer) == program_digest(outer.replace("(a)", "(x)").replace("return a", "return x"))


@pytest.mark.parametrize("what", OTHERS)
def test_programs_that_do_something_else_are_others(what: str) -> None:
    assert program_digest(ONE) != program_digest(OTHERS[what])


def test_imports_of_two_libraries_are_not_the_same() -> None:
    one = "import numpy as np\ndef transform(g): return np.array(g).tolist()"
    assert program_digest(one) != program_digest(one.replace("numpy", "scipy"))
    assert program_digest("import a\ndef transform(g): return a.f(g)") != program_digest(
        "import b\ndef transform(g): return b.f(g)"
    )


@pytest.mark.parametrize(
    "code", ["def transform(grid", "\0", "print 'x'", "(" * 10_000, "x = '\udc80'", "return '\\d'"]
)
def test_texts_that_do_not_compile_are_compared_as_texts(code: str) -> None:
    assert program_digest(code) == program_digest(code)
    assert program_digest(code) != program_digest(code + " ")


def test_duplicates_are_dropped_within_a_task_and_the_first_is_kept(tmp_path: Path) -> None:
    values = [
        wrong(TASKS[0], 1) | {"code": ONE},
        wrong(TASKS[0], 1) | {"code": SAME_BUT_NAMES_AND_LAYOUT},
        wrong(TASKS[0], 2) | {"code": SAME_BUT_NAMES_AND_LAYOUT},  # predicts something else
        wrong(TASKS[0], 1) | {"code": OTHERS["another operator"]},
        wrong(TASKS[1], 1) | {"code": ONE},
        wrong(TASKS[1], 1) | {"code": ONE},
    ]
    keys, counts = taken(write(tmp_path / "raw.parquet", values), deduplicate=True)
    assert [(key.task_id, key.round_index) for key in keys] == [
        (TASKS[0], 0),
        (TASKS[1], 0),
        (TASKS[0], 2),
        (TASKS[0], 3),
    ]
    assert counts == {"deduplicate": 2}


def test_programs_are_compared_in_processes_as_they_are_here(tmp_path: Path) -> None:
    values = [wrong(task, 1) | {"code": code} for task in TASKS for code in (ONE, *OTHERS.values(), ONE)]
    data = open_soar(write(tmp_path / "raw.parquet", values))
    told: list[tuple[int, int]] = []
    masks = [
        first_of_each(data.reader, data.keys, np.arange(len(values)), on_rows=lambda *n: told.append(n), n_processes=n)
        for n in (1, 2)
    ]
    assert masks[0].tolist() == masks[1].tolist()
    assert len(TASKS) < masks[0].sum() < len(values)
    assert told[-1] == (len(values), len(values))
