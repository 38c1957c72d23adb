"""The SOAR files that are made for measuring are like real ones where it counts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[2] / "benchmarks")]

from make_soar import SHARES, bodies, compiled, kind_of, variants_of, weights  # noqa: E402
from soar2cot.soar_loader import load_arc_tasks  # noqa: E402

PROGRAMS = bodies()
FUNCTIONS = [compiled(body) for body in PROGRAMS]


@pytest.mark.parametrize("task_id", ["007bbfb7", "d631b094", "25ff71a9"])
def test_right_and_trivial_rows_have_their_shares(task_id: str) -> None:
    task = load_arc_tasks()[task_id]
    inputs = [pair.input for pair in (*task.train, *task.test)]
    variants = variants_of(task, PROGRAMS, FUNCTIONS)
    drawn = dict.fromkeys(SHARES, 0.0)
    for row, weight in zip(variants.table.to_pylist(), variants.weights.tolist(), strict=True):
        answers = row["predicted_train_output"] + row["predicted_test_output"]
        assert answers == [compiled(row["body"].strip())(grid) for grid in inputs]
        drawn[kind_of(answers, row["correct_train_input"] + row["correct_test_input"], inputs)] += weight
    assert drawn == pytest.approx(SHARES)


def test_the_share_of_a_kind_that_is_missing_goes_to_the_others() -> None:
    assert weights(["wrong", "wrong", "trivial"]).tolist() == pytest.approx([0.375 / 0.81, 0.375 / 0.81, 0.06 / 0.81])
