"""The extent of chosen cells as numpy finds it, against uses of the places that a list of cells does not answer."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.idioms.ends import propose
from soar2cot.engines.symbolic.language.text import read_text
from soar2cot.engines.symbolic.method import write_method
from tests.unit.idiom_programs import outputs, refused, told

INPUTS = [[[0, 0, 0, 0], [0, 8, 0, 0], [0, 8, 8, 0]], [[8, 0, 3], [0, 0, 0], [8, 8, 0], [3, 0, 0]]]
HEAD = "import numpy as np\n\ndef transform(g):\n    a = np.array(g)\n"


def _told(*body: str) -> str:
    return told(HEAD + "".join(f"    {line}\n" for line in body), INPUTS)


CROPS = {
    "argwhere, unpacked": (
        "p = np.argwhere(a == 8)",
        "t, l = p.min(axis=0)",
        "b, r = p.max(axis=0)",
        "return a[t:b + 1, l:r + 1].tolist()",
    ),
    "argwhere, cells": (
        "p = np.argwhere(a == 8)",
        "s, e = np.min(p, axis=0), np.max(p, axis=0)",
        "return a[s[0]:e[0] + 1, s[1]:e[1] + 1].tolist()",
    ),
    "argwhere, columns": (
        "p = np.argwhere(a == 8)",
        "t, b = p[:, 0].min(), p[:, 0].max()",
        "l, r = p[:, 1].min(), p[:, 1].max()",
        "return a[t:b + 1, l:r + 1].tolist()",
    ),
}


@pytest.mark.parametrize("form", CROPS)
def test_the_box_around_a_colour_is_cut_out(form: str) -> None:
    text = _told(*CROPS[form])
    assert "the cells of the input that are light blue (8)" in text
    assert "the box around the list in the input" in text


def test_the_box_around_all_that_is_not_black() -> None:
    text = _told(
        "y, x = np.nonzero(a)",
        "t, b = y.min(), y.max()",
        "l, r = x.min(), x.max()",
        "return a[t:b + 1, l:r + 1].tolist()",
    )
    assert "the cells of the input except black (0)" in text
    assert "the box around the list in the input" in text


def test_ends_that_are_asked_for_again_are_found_in_one_sentence() -> None:
    text = _told(*CROPS["argwhere, unpacked"][:3], "return [[b - t + 1, r - l + 1, t, l]]")
    assert "become the top, bottom, left and right end of" in text


def test_whether_there_are_any_is_asked_of_the_list() -> None:
    text = _told("p = np.argwhere(a == 3)", "if p.size > 0:", "    a[0, 0] = p[:, 0].max()", "return a.tolist()")
    assert "the cells of the result that are green (3)" in text
    assert "is not empty" in text


def test_a_loop_over_the_places_of_a_colour_is_one_over_its_cells() -> None:
    body = "    for r, c in np.argwhere(a == 8):\n        {}\n    return {}.tolist()\n"
    other = f"{HEAD}    o = a.copy()\n{body.format('o[r - 1, c] = 3', 'o')}"
    assert "cell of the input that is light blue (8)" in told(other, INPUTS)
    same = f"{HEAD}{body.format('a[(r + 1) % len(a), c] = 8', 'a')}"
    assert "that is light blue" not in told(same, INPUTS)


@pytest.mark.parametrize(
    "asked",
    ["return p.tolist()", "return [[p.shape[0] + p[0, 0]]]", "t, l = p.mean(axis=0)\n    return [[int(t)]]"],
    ids=["given", "its dimensions", "its mean"],
)
def test_places_of_which_something_else_is_asked_stay_places(asked: str) -> None:
    code = f"{HEAD}    p = np.argwhere(a == 8)\n    {asked}\n"
    assert "that are light blue" not in write_method(code, INPUTS, outputs(code, INPUTS)).text
    assert "ends" not in refused(code, INPUTS)


def test_the_two_names_of_places_must_be_asked_for_ends_alone() -> None:
    code = f"{HEAD}    y, x = np.nonzero(a)\n    return [[int(y.min()), len(x)]]\n"
    assert "ends" not in refused(code, INPUTS)
    assert "the places of the input" in told(code, INPUTS)


def test_a_name_that_is_bound_twice_is_left_alone() -> None:
    method = read_text(
        "1. The list becomes the list of cells where the input is red (2).\n"
        "2. The list becomes the list of cells where the input is green (3).\n3. The answer is the list."
    )
    assert list(propose(method)) == []


def test_an_array_of_marks_is_no_row_whatever_it_is_called() -> None:
    text = _told(
        "m = np.zeros_like(a, dtype=bool)",
        "m[0, 0] = True",
        "m[1:3, 1:3] = True",
        "a[m] = a[m][0]",
        "return a.tolist()",
    )
    assert "the first of the cells of the result where the array" in text
    assert "ow array" not in text
