"""Loops over the block around a place, as far as it lies inside a grid."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.idioms.near import near_cells, near_columns, near_rows
from tests.unit.idiom_programs import told

INPUTS = [
    [[0, 0, 0, 0, 2], [0, 2, 0, 0, 0], [0, 0, 0, 5, 0], [0, 0, 0, 0, 0]],
    [[2, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 2]],
]


def _painted(rows: str, columns: str, asked: str = "True") -> str:
    return (
        "def transform(g):\n    h, w = len(g), len(g[0])\n    n = [row[:] for row in g]\n"
        "    for r in range(h):\n        for c in range(w):\n            if g[r][c] == 2:\n"
        f"                for i in range({rows}):\n                    for j in range({columns}):\n"
        f"                        if {asked}:\n                            n[i][j] = 8\n    return n\n"
    )


BY_ONE = ("max(0, r - 1), min(h, r + 2)", "max(0, c - 1), min(w, c + 2)")


@pytest.mark.parametrize(
    ("rows", "columns"),
    [BY_ONE, ("max(r - 1, 0), min(r + 1, h - 1) + 1", "max(c - 1, 0), min(c + 1, w - 1) + 1")],
)
def test_the_block_around_a_cell(rows: str, columns: str) -> None:
    text = told(_painted(rows, columns, "g[i][j] == 0"), INPUTS)
    assert "in the 3 by 3 block around cell A in the input" in text


def test_the_block_without_its_middle_is_what_touches_a_cell() -> None:
    text = told(_painted(*BY_ONE, "(i, j) != (r, c)"), INPUTS)
    assert "touching cell A in the input" in text
    assert "is not cell A" not in text


def test_a_farther_block_without_its_middle_keeps_the_question() -> None:
    text = told(_painted("max(0, r - 2), min(h, r + 3)", "max(0, c - 2), min(w, c + 3)", "i != r or j != c"), INPUTS)
    assert "in the 5 by 5 block around cell A" in text
    assert "cell B is not cell A" in text


def test_a_block_of_another_shape_is_said_by_its_rows_and_columns() -> None:
    text = told(_painted("max(0, r - 1), min(h, r + 2)", "max(0, c - 2), min(w, c + 3)"), INPUTS)
    assert "at most 1 from cell A's row down the input" in text
    assert "at most 2 from cell A's column across the input" in text


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ("max(0, r - 1), min(h, r + 3)", "max(0, c - 1), min(w, c + 3)"),  # farther down than up
        ("max(1, r - 1), min(h, r + 2)", "max(1, c - 1), min(w, c + 2)"),  # the first row is left out
        ("max(0, r - 1), min(h, c + 2)", "max(0, c - 1), min(w, r + 2)"),  # another middle above than below
    ],
)
def test_what_is_no_block_around_a_cell_is_not_called_one(rows: str, columns: str) -> None:
    text = told(_painted(rows, columns), INPUTS)
    assert "block" not in text
    assert "at most" not in text


def test_blocks_end_at_the_border() -> None:
    grid = [[0] * 4 for _ in range(3)]
    assert list(near_rows(1, 0, grid)) == [0, 1]
    assert list(near_columns(2, 3, grid)) == [1, 2, 3]
    assert near_cells(1, (2, 3), grid) == [(1, 2), (1, 3), (2, 2), (2, 3)]
