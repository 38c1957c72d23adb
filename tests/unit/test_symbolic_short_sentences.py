"""Sentences stay short: long conditions stand below each other, and what fits no line stands below its head."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.layout import MAX_WORDS
from soar2cot.engines.symbolic.language.split import split_conditions
from soar2cot.engines.symbolic.language.text import read_text, write_text

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
