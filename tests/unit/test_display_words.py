"""Numbers in the words that people read."""

from __future__ import annotations

import pytest

from soar2cot.cli.plan import words
from soar2cot.display.words import counted, size
from soar2cot.plan import Plan


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 samples"), (1, "1 sample"), (2, "2 samples"), (1_200, "1,200 samples")]
)
def test_one_is_one(number: int, text: str) -> None:
    assert counted(number, "sample") == text


def test_a_plural_that_no_s_makes_is_given() -> None:
    assert [counted(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (20_280, "20.3 kB"),
        (4_600_000, "4.6 MB"),
        (-3 * 10**9, "-3.0 GB"),
    ],
)
def test_a_small_file_is_not_said_to_be_empty(n_bytes: int, text: str) -> None:
    assert size(n_bytes) == text


def test_a_plan_of_one_of_each_reads_as_english() -> None:
    lines = words(Plan(reused=1, redone=1, skipped=1, retried=1, half_done=1, answers_on_record=1, new=1, changes=()))
    assert [line.split()[:3] for line in lines if not line.startswith("1 ")] == []
    assert not [line for line in lines if "samples" in line or " are " in line]
