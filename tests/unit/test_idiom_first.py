"""Searches that stop at the first turn for which something holds."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.language.text import read_text, write_text
from tests.unit.idiom_programs import told

INPUTS = [[[0, 5, 0, 2, 0], [0, 0, 2, 2, 0], [0, 5, 0, 0, 5]], [[2, 0, 5, 0, 2], [5, 5, 0, 0, 2]]]


def _per_row(turns: str, *body: str, start: str = "o[r][0] = 9") -> str:
    lines = "".join(f"            {line}\n" for line in body)
    return (
        "def transform(g):\n    o = [row[:] for row in g]\n    for r in range(len(g)):\n"
        f"        {start}\n        for c in {turns}:\n{lines}    return o\n"
    )


STOPS = ("if g[r][c] == 2:", "    o[r][c] = 8", "    break")


def test_a_loop_that_stops_where_a_condition_holds_is_a_search_for_the_first() -> None:
    text = told(_per_row("range(len(g[0]))", *STOPS), INPUTS)
    assert "For the first cell's column across the input where the input at the cell is red" in text
    assert "top this loop" not in text


def test_the_turns_of_a_search_keep_their_order_within_a_rule_for_every_row() -> None:
    text = told(_per_row("range(len(g[0]) - 1, -1, -1)", *STOPS), INPUTS)
    assert "For every cell's row down the input" in text
    assert "ntil one is found, for each cell's column from the input's width minus 1 down to 0" in text


def test_a_verdict_in_the_middle_of_a_loop_ends_a_search() -> None:
    code = (
        "def transform(g):\n    def seek(row):\n        for v in row:\n            if v > 1:\n"
        "                return v + 1\n        return 7\n    return [[seek(row)] for row in g]\n"
    )
    text = told(code, [[[0, 0], [0, 2], [5, 2]], [[0, 1]]])
    assert "For the first" in text
    assert "give" in text


def test_a_condition_too_long_for_the_head_stands_below_what_is_searched() -> None:
    asked = " and ".join(f"g[r][c] != {colour} and g[r - 1][c] != {colour}" for colour in (0, 3, 4, 6))
    text = told(_per_row("range(len(g[0]))", f"if {asked}:", *STOPS[1:]), INPUTS)
    assert "ntil one is found, for each cell's column" in text
    assert "For the first" not in text


def test_what_is_read_with_either_words_is_the_same_search() -> None:
    short = (
        "1. For the first number from 1 to 9 where the number is more than 3:\n"
        "   1.1. The answer is [[the number]].\n2. The answer is the input."
    )
    long = (
        "1. Until one is found, for each number from 1 to 9:\n   1.1. If the number is more than 3:\n"
        "      1.1.1. The answer is [[the number]].\n2. The answer is the input."
    )
    assert follow(short, [[0]]).grid == follow(long, [[0]]).grid == [[4]]


@pytest.mark.parametrize(
    "body",
    [
        ("if g[r][c] == 2:", "    o[r][c] = 8", "    if c > 2:", "        break"),  # it may go on behind the first
        ("o[r][c] = 1", "if g[r][c] == 2:", "    break"),  # it does something in the turns before
        ("if g[r][c] == 2:", "    o[r][c] = 8", "    break", "elif g[r][c] == 5:", "    o[r][c] = 1"),
    ],
)
def test_a_loop_that_does_more_than_search_is_told_turn_by_turn(body: tuple[str, ...]) -> None:
    text = told(_per_row("range(len(g[0]))", *body), INPUTS)
    assert "the first" not in text
    assert "until one is found" not in text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "1. For the first cell of the input that is red (2), the answer is [[1]].\n2. The answer is the input.",
        "1. If the input's height is even, for the first cell of the input that is red (2), the answer is [[1]].\n"
        "2. The answer is the input.",
        "1. Until one is found, for each number from 1 to 9:\n   1.1. If the number is more than 3:\n"
        "      1.1.1. If the number is odd, the answer is [[the number]].\n2. The answer is the input.",
    ],
)
def test_a_search_is_written_as_it_is_read(text: str) -> None:
    assert read_text(write_text(read_text(text))) == read_text(text)
    assert follow(text, [[0, 2]]).grid == follow(write_text(read_text(text)), [[0, 2]]).grid
