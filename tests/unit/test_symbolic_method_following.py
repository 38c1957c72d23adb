"""The follower: what it does with texts, bad ones and endless ones included."""

from __future__ import annotations

from itertools import pairwise

import pytest

from soar2cot.engines.symbolic.follow.follower import follow

GRID = [[1, 0], [0, 2]]


def test_a_text_typed_by_hand_is_followed() -> None:
    text = """
1. The result becomes a copy of the input.
2. For each cell of the input that is black (0), the result at the cell becomes light blue (8).
3. The answer is the result.
"""
    assert follow(text, GRID).grid == [[1, 8], [8, 2]]


def test_otherwise_belongs_to_the_choice_before_it() -> None:
    text = """1. The result becomes a copy of the input.
2. For each cell of the input:
   2.1. If the input at the cell is blue (1), the result at the cell becomes green (3). \
Otherwise, if the input at the cell is red (2), the result at the cell becomes blue (1).
   2.2. Otherwise:
      2.2.1. The result at the cell becomes grey (5).
3. The answer is the result."""
    assert follow(text, GRID).grid == [[3, 5], [5, 1]]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("Just turn it around.", "has no number"),
        ("1. Frobnicate the grid.", "not in the language"),
        ("1. The answer is the input the input.", "does not end"),
        ("1. Otherwise, the answer is the input.", "stands before"),
        ("1. The answer is purple (6).", "not in the language"),
        ("1. The answer is 7.", "no grid"),
        ("1. The answer is the first of an empty list.", "IndexError"),
        ("1. Repeat without end:\n   1.1. Number A becomes 1.", "more steps"),
        ("1. List A becomes [0] times 900000000.\n2. The answer is list A.", "larger than"),
        (
            "1. To do procedure A with item A, give procedure A with item A.\n2. The answer is procedure A with 1.",
            "Recursion",
        ),
        ('1. Do literally "import os".', "literal code"),
        ("1. The answer is a new 40 by 40 grid of 0.", "no grid"),
    ],
)
def test_what_cannot_be_followed_is_an_answer_that_says_why(text: str, why: str) -> None:
    found = follow(text, GRID)
    assert found.grid is None
    assert why in str(found.error)


def test_the_input_is_never_changed() -> None:
    grid = [[1, 0], [0, 2]]
    follow("1. The input at row 0, column 0 becomes 9.\n2. The answer is the input.", grid)
    assert grid == [[1, 0], [0, 2]]


def test_checkpoints_lead_from_the_input_to_the_answer() -> None:
    text = """1. The result becomes a copy of the input. The count becomes 0.
2. For each cell of the input that is black (0), the result at the cell becomes 8; increase the count by 1.
3. The answer is the result."""
    trail = follow(text, GRID, record=True).trail
    assert [point.step for point in trail] == [1, 2, 3]
    assert trail[0].before == GRID
    assert trail[1].after == [[1, 8], [8, 2]]
    assert trail[1].notes == ("the count is 2",)
    assert all(one.after == two.before for one, two in pairwise(trail))
    assert trail[-1].after == [[1, 8], [8, 2]]


def test_an_answer_in_the_middle_ends_the_trail() -> None:
    text = "1. If the input's height is 2, the answer is [[7]].\n2. The answer is the input."
    trail = follow(text, GRID, record=True).trail
    assert [point.after for point in trail] == [[[7]]]
