"""Flags that loops turn over, and procedures that end a loop with their verdict."""

from __future__ import annotations

import pytest

from tests.unit.idiom_programs import refused, told

INPUTS = [[[0, 2, 0], [5, 0, 2], [2, 0, 5]], [[2, 0], [0, 5]], [[5, 5], [5, 2]]]


def _flagged(start: bool, *turns: str) -> str:
    lines = "".join(f"            {line}\n" for line in turns)
    return (
        "def transform(g):\n    h, w = len(g), len(g[0])\n    n = [row[:] for row in g]\n"
        f"    for r in range(h):\n        for c in range(w):\n            flag = {start}\n{lines}"
        "            if flag:\n                n[r][c] = 8\n    return n\n"
    )


STEPS = "for dr, dc in [(-1, 0), (1, 0), (0, -1), (0, 1)]:"
INSIDE = "    if 0 <= r + dr < h and 0 <= c + dc < w and g[r + dr][c + dc] == 5:"


@pytest.mark.parametrize(
    ("start", "words"), [(False, "for some cell B beside cell A"), (True, "for no cell B beside cell A")]
)
def test_a_flag_turned_over_beside_a_cell_is_a_question(start: bool, words: str) -> None:
    code = _flagged(
        start,
        STEPS,
        "    nr, nc = r + dr, c + dc",
        "    if 0 <= nr < h and 0 <= nc < w and g[nr][nc] == 5:",
        f"        flag = {not start}",
        "        break",
    )
    text = told(code, INPUTS)
    assert words in text
    assert "flag" not in text


def test_two_loops_of_which_the_outer_one_stops_when_the_flag_is_set() -> None:
    code = _flagged(
        False,
        "for i in range(h):",
        "    for j in range(w):",
        "        if g[i][j] == 5 and i != r and j == c:",
        "            flag = True",
        "            break",
        "    if flag:",
        "        break",
    )
    text = told(code, INPUTS)
    assert "for some" in text
    assert "Stop this loop" not in text


def test_several_reasons_for_one_flag() -> None:
    code = _flagged(
        False,
        "for v in g[r]:",
        "    if v == 5:",
        "        flag = True",
        "    elif v > 6:",
        "        flag = True",
    )
    assert "for some" in told(code, INPUTS)


def test_a_procedure_that_gives_its_verdict_in_the_middle_of_a_loop() -> None:
    code = (
        "def full(row):\n    for v in row:\n        if v == 0:\n            return False\n    return True\n"
        "def transform(g):\n    return [[3] * len(row) if full(row) else row for row in g]\n"
    )
    text = told(code, INPUTS)
    assert "for no" in text
    assert "ive false" not in text


def test_a_loop_that_counts_on_when_the_flag_is_set_stays_a_loop() -> None:
    code = _flagged(False, "for v in g[r]:", "    if v == 5:", "        flag = True", "        n[r][0] = 3")
    assert "flag becomes true" in told(code, INPUTS)


def test_a_flag_that_falls_back_is_no_question() -> None:
    code = _flagged(False, "for v in g[r]:", "    flag = v == 5")
    assert "for some" not in told(code, INPUTS)


def test_a_flag_kept_over_several_cells_is_refused_or_left() -> None:
    code = (
        "def transform(g):\n    flag = False\n    for row in g:\n        for v in row:\n            if v == 5:\n"
        "                flag = True\n        row[0] = 3 if flag else 4\n    return g\n"
    )
    text = told(code, INPUTS)
    assert "flag becomes true" in text or "whether" in refused(code, INPUTS)
