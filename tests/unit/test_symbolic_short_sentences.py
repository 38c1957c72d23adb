"""Sentences stay short: long conditions stand below each other, and what fits no line stands below its head."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.counting import MAX_WORDS
from soar2cot.engines.symbolic.language.split import split_conditions
from soar2cot.engines.symbolic.language.text import read_text, write_text
from tests.unit.idiom_programs import told

LONG = (
    "1. If the input's height is more than the input's width and the input's height is at least 10 "
    "and the input's width is at least 5, the answer is the input.\n2. The answer is a copy of the input."
)


def test_a_long_condition_becomes_conditions_below_each_other() -> None:
    method = split_conditions(read_text(LONG))
    text = write_text(method)
    assert read_text(text) == method
    assert max(len(line.split()) for line in text.splitlines()) <= MAX_WORDS + 1
    assert text.count("f the input's") == 2


def test_a_short_condition_stays_whole() -> None:
    text = "1. If the input's height is even and the input's width is odd, the answer is the input."
    assert split_conditions(read_text(text)) == read_text(text)


def test_a_choice_with_an_otherwise_stays_whole() -> None:
    method = read_text(LONG.replace("2. The", "2. Otherwise, the"))
    assert split_conditions(method) == method


def test_a_table_kept_by_cells_is_filled_and_asked() -> None:
    code = (
        "def transform(g):\n    t = {}\n    for r in range(len(g)):\n        for c in range(len(g[0])):\n"
        "            if g[r][c] == 2:\n                t[r, c] = 3\n    for (r, c), v in t.items():\n"
        "        g[r][c] = v\n    return g\n"
    )
    assert "entries" in told(code, [[[0, 2], [2, 0]], [[2, 2], [0, 0]]])
