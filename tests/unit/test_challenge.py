"""Grids and the measures by which two of them are compared."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from soar2cot.challenge import (
    Challenge,
    Example,
    Input,
    cell_score,
    changed_f1,
    check_grid,
    render_diff,
    render_grid,
)
from soar2cot.errors import ChallengeError


@pytest.mark.parametrize("grid", [[[0]], [[9] * 30] * 30, [[1, 2, 3]]])
def test_a_grid_is_given_back(grid: list[list[int]]) -> None:
    assert check_grid(grid, where="here") is grid


@pytest.mark.parametrize(
    ("grid", "reason"),
    [
        ([], "here: a grid is a list of 1 to 30 rows"),
        ([[1]] * 31, "here: a grid is a list of 1 to 30 rows"),
        ("1 2", "here: a grid is a list"),
        ([[1], []], "here, row 1: a row is a list of 1 to 30 colours"),
        ([[1] * 31], "here, row 0: a row is a list of 1 to 30 colours"),
        ([[1, 2], [1]], "here, row 1: 1 cells, the first row has 2"),
        ([[1, 10]], "here, row 0, column 1: a colour is an integer 0 to 9, this is int 10"),
        ([[-1]], "here, row 0, column 0: a colour"),
        ([[True]], "column 0: a colour is an integer 0 to 9, this is bool True"),
        ([[1.0]], "this is float 1.0"),
        ([["1"]], "this is str '1'"),
    ],
)
def test_what_is_no_grid_is_named_with_its_place(grid: Any, reason: str) -> None:
    with pytest.raises(ChallengeError) as error:
        check_grid(grid, where="here")
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("source", "target"), [([[1]], [[0]]), ([[1, 2], [3, 4]], [[5, 6, 7]]), ([[9] * 30] * 30, [[0]])]
)
def test_a_pair_is_written_as_json_and_as_text(source: list[list[int]], target: list[list[int]]) -> None:
    written = json.dumps([source, target], separators=(",", ":")).encode()
    assert Example(source, target).written == (written, render_grid(source), render_grid(target))


def test_a_pair_with_another_output_is_written_as_one_made_of_both() -> None:
    pair = Example([[1, 2], [3, 4]], [[0]]).with_output([[5, 6]])
    assert pair == Example([[1, 2], [3, 4]], [[5, 6]])
    assert pair.written == (b"[[[1,2],[3,4]],[[5,6]]]", "1 2\n3 4", "5 6")


def test_the_score_is_the_share_of_cells() -> None:
    assert cell_score([[1, 2], [3, 4]], [[1, 2], [3, 0]]) == 0.75
    assert cell_score([[1, 2]], [[1], [2]]) == 0
    assert cell_score(None, [[1]]) == 0


def test_copying_the_input_scores_nothing_on_what_changes() -> None:
    source, truth = [[0, 0, 0, 0]], [[0, 0, 0, 5]]
    assert cell_score(source, truth) == 0.75
    assert changed_f1(source, truth, source) == 0
    assert changed_f1(truth, truth, source) == 1
    assert changed_f1([[0, 0, 5, 5]], truth, source) == pytest.approx(2 / 3)
    assert changed_f1(source, source, source) == 1
    assert changed_f1([[1, 1]], [[1, 2]], source) == 0.5


def test_grids_and_diffs_as_text() -> None:
    assert render_grid([[1, 2], [3, 4]]) == "1 2\n3 4"
    assert render_diff([[1, 2]], [[1, 3]]) == "1 2->3"
    assert render_diff([[1]], [[1, 3]]) == "the size is 1 x 1 and should be 1 x 2"
    assert render_diff(None, [[1]]) == "no grid was given"


def test_the_hash_of_a_task_is_the_same_in_another_process() -> None:
    code = (
        "from soar2cot.challenge import *\nprint(Challenge('t', (Example([[1]], [[2]]),), (Input([[3]]),)).task_hash)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert said == Challenge("another id", (Example([[1]], [[2]]),), (Input([[3]]),)).task_hash
