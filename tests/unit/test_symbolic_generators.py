"""Generators are lists of what they yield; a colour asked as true or false is one that is not black."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.method import write_method
from tests.unit.idiom_programs import outputs, told

GRIDS = [[[0, 3, 0], [5, 0, 3], [3, 0, 5]], [[3, 0], [0, 5]]]


def _program(*lines: str) -> str:
    found = "def transform(g):\n    n = [row[:] for row in g]\n    def cells():\n        for r in range(len(g)):\n"
    found += "          for c in range(len(g[0])):\n"
    found += "".join(f"            {line}\n" for line in lines)
    return found + "    for r, c in cells():\n        n[r][c] = 4\n    return n\n"


@pytest.mark.parametrize(
    "lines",
    [
        ("if g[r][c] == 3:", "    yield r, c"),
        ("yield from [(r, c)] * (g[r][c] == 3)",),
        ("if r > 1:", "    return", "if g[r][c] == 3:", "    yield (r, c)"),
    ],
)
def test_a_generator_is_a_list_of_what_it_yields(lines: tuple[str, ...]) -> None:
    assert "literally" not in told(_program(*lines), GRIDS)


@pytest.mark.parametrize(("line", "literal"), [("x = yield r, c", True), ("yield", False)])
def test_what_is_sent_to_a_generator_has_no_words(line: str, literal: bool) -> None:
    code = _program(line).replace("n[r][c] = 4", "n[0][0] += 1").replace("for r, c in cells()", "for k in cells()")
    text = write_method(code, GRIDS, outputs(code, GRIDS)).text
    assert ("literally" in text) == literal


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("if g[r][c]:", "except black (0)"),
        ("if not g[r][c]:", "that is black (0)"),
        ("if g[r][c] and r > 0:", "except black (0)"),
    ],
)
def test_a_bare_colour_is_asked_whether_it_is_black(asked: str, words: str) -> None:
    code = "def transform(g):\n    n = [row[:] for row in g]\n    for r in range(len(g)):\n"
    code += f"        for c in range(len(g[0])):\n            {asked}\n                n[r][c] = 8\n    return n\n"
    assert words in told(code, GRIDS)


def test_marks_are_no_colours() -> None:
    code = "def transform(g):\n    seen = [[False] * len(g[0]) for _ in g]\n    n = [row[:] for row in g]\n"
    code += "    for r in range(len(g)):\n        for c in range(len(g[0])):\n            if not seen[r][c]:\n"
    code += "                seen[r][len(g[0]) - 1 - c] = True\n                n[r][c] = 8\n    return n\n"
    assert "black" not in told(code, GRIDS)
