"""What a step found stands in the chain of thought: numbers, places, colours, lists, tables; in words, and checked."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from soar2cot.challenge import Challenge, Example, Input
from soar2cot.engines.symbolic.facts import Facts, Trails, check_text, think
from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.follow.found import Quantity
from soar2cot.records import Grid

GRID: Grid = [[0, 3, 0], [0, 0, 3], [5, 0, 0]]
SEARCH = """\
1. The list becomes the cells of the input that are green (3).
2. Number A becomes the list's length. Number B becomes 7.
3. The result becomes a copy of the input.
4. The result at the top left cell becomes red (2).
5. For every cell in the list, the result there becomes number A."""


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("number A", 7, "is 7"),
        ("the number", np.int64(3), "is 3"),
        ("the colour", 3, "is green (3)"),
        ("background B", 0, "is black (0)"),
        ("the colour", -1, "is -1"),
        ("the flag", True, "is true"),
        ("the flag", np.bool_(False), "is false"),
        ("list A", [], "is empty"),
        ("list A", [3, 1, 2], "is [3, 1, 2]"),
        ("the queue", deque([(0, 1)]), "is [<0, 1>]"),
        ("the set", {10, 2}, "has 2, 10"),
        ("the set", {(1, 10), (1, 2)}, "has <1, 2>, <1, 10>"),
        ("the set", {1, "a"}, "has 2 entries"),
        ("list A", list(range(9)), "has 9 entries"),
        ("list A", [[(0, 0), (0, 1)], [(2, 2)]], "has 2 entries, of 2, 1"),
        ("the table", {2: 5, 3: 1}, "has 5 for 2, 1 for 3"),
        ("the table", {2: [(0, 0)], 3: [(1, 1), (1, 2)]}, "has 1 entry for 2, 2 entries for 3"),
        ("the tally", Counter({4: 2}), "has 2 for 4"),
        ("the table", {}, "is empty"),
        ("the mask", np.array([[True, False], [True, True]]), "is true at 3 of 4 places"),
        ("the list", np.array([[0, 1], [2, 2]]), "is [<0, 1>, <2, 2>]"),
        ("the value", np.array([4, 5]), "is [4, 5]"),
        ("picture A", [[1, 2, 3], [4, 5, 6]], "has 2 rows by 3 columns"),
        ("array A", np.zeros((2, 3), dtype=int), "has 2 rows by 3 columns"),
        ("the value", None, None),
        ("the value", "red", None),
        ("the value", 0.5, None),
    ],
)
def test_a_value_in_words(name: str, value: Any, words: str | None) -> None:
    assert Quantity(name).told({f"v_{name.replace('the ', '').replace(' ', '_')}": value}) == words


def test_a_cell_is_two_numbers_and_a_direction_two_steps() -> None:
    values = {"v_cell_A_r": 3, "v_cell_A_c": np.int64(4), "v_direction_r": -1, "v_direction_c": 0}
    assert Quantity("cell A").told(values) == "is row 3, column 4"
    assert Quantity("the direction").told(values) == "is -1 down, 0 across"
    assert Quantity("cell B").told(values) is None


def recorded() -> tuple[Challenge, Trails]:
    output = follow(SEARCH, GRID).grid
    assert output is not None
    trail = follow(SEARCH, GRID, record=True).trail
    return Challenge("00d62c1b", (Example(GRID, output),), (Input(GRID),)), Trails(0, trail, (trail,))


def test_a_step_tells_what_it_found_and_not_what_its_words_say() -> None:
    _, trails = recorded()
    assert [point.notes for point in trails.check] == [
        ("the list is [<0, 1>, <1, 2>]",),
        ("number A is 2",),  # that number B is 7 stands in the step itself
        (),
        (),
        (),
    ]


@pytest.mark.parametrize("length", ["short", "medium", "full"])
def test_every_length_tells_it_and_then_does_not_say_that_nothing_changes(length: Any) -> None:
    challenge, trails = recorded()
    text = think(Facts(challenge), trails, length)[0]
    assert check_text(text, challenge, trails) == ()
    told = text[text.index("Test input 1.") :]
    assert "Found: the list is [<0, 1>, <1, 2>].\n" in told
    assert told.count("Nothing changes.") == 1  # step 3


def test_what_is_found_wrong_or_left_out_is_named() -> None:
    challenge, trails = recorded()
    text = think(Facts(challenge), trails, "short")[0]
    wrong = text.replace("number A is 2", "number A is 3")
    assert any("number A is 3" in fault for fault in check_text(wrong, challenge, trails))
    points = tuple(replace(point, notes=(*point.notes, "number B is 1")) for point in trails.tests[0])
    more = Trails(0, trails.check, (points,))
    silent = text.replace("Step 2. Found: number A is 2.", "Step 2. Nothing changes.")
    assert any("what step 2 found is not told" in fault for fault in check_text(silent, challenge, trails))
    assert check_text(text, challenge, more)
