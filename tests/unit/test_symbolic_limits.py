"""A follower stops by itself, whatever a method says."""

from __future__ import annotations

import time
import warnings

import pytest

from soar2cot.engines.symbolic.follow.follower import compiled_text, follow, run
from soar2cot.engines.symbolic.follow.limits import MAX_ITEMS

GRID = [[1, 2], [3, 4]]
REPEAT = "Repeat without end:"
TOO_LARGE = {
    "a list doubled": f"1. List A becomes [1, 2, 3].\n2. {REPEAT}\n   2.1. List A becomes list A plus list A.",
    "a list added to itself": f"1. List A becomes [1, 2].\n2. {REPEAT}\n   2.1. Increase list A by list A.",
    "a list in a loop over itself": "1. List A becomes [1].\n"
    "2. For each item A in list A:\n   2.1. Add item A to list A.",
    "a number squared": f"1. Number A becomes 3.\n2. {REPEAT}\n   2.1. Multiply number A by number A.",
    "a number doubled": f"1. Number A becomes 3.\n2. {REPEAT}\n   2.1. Number A becomes number A plus number A.",
    "too many combinations": "1. For each value A in the combinations of 40 from the input, the number becomes 1.",
    "an array doubled": f"1. Array A becomes the input as an array.\n2. {REPEAT}\n"
    "   2.1. Array A becomes [array A, array A] joined end to end.",
    "a loop that changes nothing": f"1. {REPEAT}\n   1.1. Do nothing.",
    "many long lists": f"1. List A becomes an empty list.\n2. {REPEAT}\n   2.1. Add [0] times 100000 to list A.",
}


@pytest.mark.parametrize("text", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_what_has_no_end_is_given_up(text: str) -> None:
    started = time.process_time()
    found = follow(text + "\n9. The answer is the input.", GRID)
    assert found.grid is None
    assert found.error is not None
    assert "follower may" in found.error
    assert time.process_time() - started < 20


def test_a_range_is_no_larger_than_a_collection() -> None:
    code = compiled_text("def method(v_input):\n return sum(range(10 ** 12))")
    assert run(code, GRID).error == "a collection larger than a follower may hold"


def test_a_long_loop_that_is_left_early_costs_what_it_took() -> None:
    code = compiled_text(f"def method(v_input):\n for x in T(range({MAX_ITEMS - 1})):\n  break\n return v_input")
    found = run(code, GRID, steps=MAX_ITEMS // 2)
    assert found.grid == GRID


def test_following_leaves_the_warnings_of_others_alone() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        code = compiled_text("def method(v_input):\n v_x = 1 is 2\n v_m = np.mean(np.array([]))\n return v_input")
        assert run(code, GRID).grid == GRID
        warnings.warn("somebody else's", RuntimeWarning, stacklevel=1)
    assert [str(item.message) for item in seen] == ["somebody else's"]
