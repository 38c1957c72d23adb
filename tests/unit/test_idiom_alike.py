"""What is alike for all sides of a cell, against what leaves one out or tells them apart."""

from __future__ import annotations

import pytest

from tests.unit.idiom_programs import refused, told

INPUTS = [
    [[2, 5, 2, 0, 0, 2], [5, 2, 5, 0, 2, 0], [2, 5, 2, 0, 0, 5], [0, 0, 0, 2, 0, 0], [2, 0, 5, 0, 2, 0]],
    [[0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 5]],
    [[0, 0, 0, 0, 0], [0, 2, 0, 5, 2], [5, 0, 2, 0, 0], [2, 0, 0, 2, 5], [0, 2, 0, 0, 0], [2, 5, 0, 5, 2]],
]
SIDES = {
    "above": ("r > 0", "r - 1", "c"),
    "below": ("r + 1 < len(g)", "r + 1", "c"),
    "left": ("c > 0", "r", "c - 1"),
    "right": ("c + 1 < len(g[0])", "r", "c + 1"),
    "up_left": ("r > 0 and c > 0", "r - 1", "c - 1"),
    "up_right": ("r > 0 and c + 1 < len(g[0])", "r - 1", "c + 1"),
    "down_left": ("r + 1 < len(g) and c > 0", "r + 1", "c - 1"),
    "down_right": ("r + 1 < len(g) and c + 1 < len(g[0])", "r + 1", "c + 1"),
}
STRAIGHT, DIAGONAL = list(SIDES)[:4], list(SIDES)[4:]
PAINT = "if {0} and g[{1}][{2}] == 0:\n                    o[{1}][{2}] = 7"


def _code(*lines: str) -> str:
    said = "".join(f"                {line}\n" for line in lines)
    return (
        "def transform(g):\n    o = [row[:] for row in g]\n    for r in range(len(g)):\n"
        f"        for c in range(len(g[0])):\n            if g[r][c] == 2:\n{said}    return o\n"
    )


def _sides(form: str, sides: list[str]) -> list[str]:
    return [form.format(*SIDES[side]) for side in sides]


@pytest.mark.parametrize(
    ("sides", "words"),
    [(STRAIGHT, "beside"), (DIAGONAL, "diagonal to"), ([*DIAGONAL, *STRAIGHT], "touching")],
    ids=["beside", "diagonal", "touching"],
)
def test_a_statement_for_each_side_is_said_once(sides: list[str], words: str) -> None:
    text = told(_code(*_sides(PAINT, sides)), INPUTS)
    assert f"For each cell B {words} cell A in the input where the input at cell B is black (0)" in text
    assert "above" not in text


def test_a_side_that_is_left_out_is_left_out() -> None:
    text = told(_code(*_sides(PAINT, STRAIGHT[:3])), INPUTS)
    assert "beside" not in text
    assert "just above" in text


def test_a_side_that_is_treated_in_another_way_is_told_so() -> None:
    last = PAINT.replace("= 7", "= 8").format(*SIDES["right"])
    assert "beside" not in told(_code(*_sides(PAINT, STRAIGHT[:3]), last), INPUTS)


def test_what_is_done_elsewhere_is_done_where_some_cell_is_so() -> None:
    asked = _sides("if {0} and g[{1}][{2}] == 5:\n                    o[r][c] = 7", STRAIGHT)
    assert "for some cell B beside cell A in the input" in told(_code(*asked), INPUTS)


def test_conditions_one_after_the_other_that_do_the_same_are_one() -> None:
    first, *others = _sides("if {0} and g[{1}][{2}] == 5:\n                    o[r][c] = 7", STRAIGHT)
    code = _code(first, *(f"el{other}" for other in others), "else:\n                    o[r][c] = 3")
    text = told(code, INPUTS)
    assert "for some cell B beside cell A in the input" in text
    assert text.count("therwise") == 1


def test_parts_of_a_condition_are_asked_of_some_cell() -> None:
    asked = " or ".join(_sides("({0} and g[{1}][{2}] == 5)", STRAIGHT))
    assert "for some cell B beside cell A" in told(_code(f"if {asked}:", "    o[r][c] = 7"), INPUTS)


def test_that_all_sides_lie_inside_is_not_lost() -> None:
    asked = " and ".join(_sides("({0} and g[{1}][{2}] != 5)", STRAIGHT))
    code = _code(f"if {asked}:", "    o[r][c] = 7")
    told(code, INPUTS)  # a cell of the border is never surrounded
    assert "alike" not in refused(code, INPUTS)


def test_a_cell_that_is_known_to_have_all_sides_is_surrounded() -> None:
    asked = " and ".join(_sides("g[{1}][{2}] != 5", STRAIGHT))
    code = _code(f"if {asked}:", "    o[r][c] = 7").replace("range(len(g", "range(1, len(g").replace("))):", ")) - 1):")
    code = code.replace("len(g)):", "len(g) - 1):").replace("len(g[0])):", "len(g[0]) - 1):")
    assert "for every cell B beside cell A" in told(code, INPUTS)
