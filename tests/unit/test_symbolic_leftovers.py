"""What nobody asks for any more, once a loop is said as what it comes to."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.language.text import read_text, write_text
from soar2cot.engines.symbolic.method import report, write_method
from soar2cot.engines.symbolic.simplify.leftovers import drop_leftovers


def _left(text: str) -> str:
    return write_text(drop_leftovers(read_text(text)))


@pytest.mark.parametrize(
    "idle",
    [
        "Set A becomes an empty set. Put 3 into set A.",
        "List A becomes an empty list. Add each of list B to list A.",
        "Picture A becomes a copy of the input. The picture A at the top left cell becomes 3.".replace("The p", "P"),
        "List A becomes an empty list. List A becomes the cells of the input that are red (2).",
    ],
)
def test_what_is_only_written_is_left_out(idle: str) -> None:
    assert _left(f"1. List B becomes [1, 2]. {idle} The answer is list B.") == (
        "1. List B becomes [1, 2].\n2. The answer is list B."
    )


@pytest.mark.parametrize(
    "needed",
    [
        "1. List A becomes an empty list. Add 3 to list A.\n2. The answer is list A.",
        "1. The result becomes a copy of the input. The result at the top left cell becomes red (2).",
        "1. The input at the top left cell becomes red (2).\n2. The answer is [[1]].",
        "1. List A becomes [1]. Add the last taken off list C to list A.\n2. The answer is list C.",
        "1. List A becomes the first of list B. Add 3 to list A.\n2. The answer is list B.",
        "1. List A becomes the cells of the input that are red (2). List A becomes list A plus list A.\n"
        "2. The answer is list A.",
    ],
)
def test_what_is_asked_for_or_does_something_else_stays(needed: str) -> None:
    assert drop_leftovers(read_text(needed)) == read_text(needed)


def test_a_procedure_that_only_does_itself_is_left_out() -> None:
    text = (
        "1. To do procedure A with cell A:\n   1.1. If the input at cell A is 3, do procedure A with the cell above "
        "cell A.\n2. The answer is the input."
    )
    assert "procedure" not in _left(text)


def test_a_name_that_others_bind_anew_is_not_kept_for_them() -> None:
    text = (
        "1. Cell A becomes the first of list A.\n"
        "2. For each cell A of the input, the input at cell A becomes red (2).\n3. The answer is the input."
    )
    assert "first" not in _left(text)


def test_a_result_that_nobody_asks_for_is_the_answer() -> None:
    code = (
        "def transform(g):\n    m = max(max(row) for row in g)\n    out = []\n    for r in range(len(g)):\n"
        "        row = []\n        for c in range(len(g[0])):\n            row.append((r * c) % m + 1)\n"
        "        out.append(row)\n    return out\n"
    )
    report_of = report(code, [[[3, 2], [0, 5]]], [[[1, 1], [1, 2]]])
    assert report_of.refused == ()
    text = write_method(code, [[[3, 2], [0, 5]]], [[[1, 1], [1, 2]]]).text
    assert text.startswith("1. Number A becomes the largest of"), text  # once, not at every turn
    assert follow(text, [[3, 2], [0, 5]]).grid == [[1, 1], [1, 2]]
