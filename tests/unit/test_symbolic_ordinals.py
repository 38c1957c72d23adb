"""Rows, columns and cells that never change are said by where they lie, and sizes as sizes."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.language.node import Node, integer, name, node
from soar2cot.engines.symbolic.language.text import read_text, write_text
from soar2cot.engines.symbolic.prose import measure
from tests.unit.idiom_programs import told

GRID = [[1, 2, 3], [4, 5, 6]]


def _answer(item: Node) -> str:
    method = Node("block", (node("answer", item),))
    text = write_text(method)
    assert read_text(text) == method
    return text


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (0, 0, "the top left cell"),
        (-1, -1, "the bottom right cell"),
        (0, -1, "the top right cell"),
        (1, 0, "the first cell of the second row"),
        (0, 2, "the third cell of the top row"),
        (-1, 1, "the second cell of the bottom row"),
        (20, -2, "the second-last cell of the twenty-first row"),
    ],
)
def test_a_cell_that_never_changes_is_said_by_where_it_lies(row: int, column: int, words: str) -> None:
    text = _answer(node("at", name("the input"), node("at_rc", integer(row), integer(column))))
    assert words in text
    assert not measure(text).found


def test_rows_and_columns_count_from_the_first() -> None:
    assert "the second row of the input" in _answer(node("row", name("the input"), integer(1)))
    assert "the last column of the input" in _answer(node("column", name("the input"), integer(-1)))


def test_a_place_of_which_one_line_never_changes_says_that_line() -> None:
    text = _answer(node("at", name("the input"), node("at_rc", name("number A"), integer(1))))
    assert "the second cell of row number A" in text
    text = _answer(node("at", name("the input"), node("at_rc", integer(-1), name("number A"))))
    assert "the cell of the bottom row in column number A" in text


def test_a_row_beyond_all_ordinals_keeps_its_number() -> None:
    assert "row 30" in _answer(node("row", name("the input"), integer(30)))


def test_the_follower_counts_from_the_first_too() -> None:
    text = (
        "1. The result becomes a copy of the input.\n2. The result at the third cell of the second row becomes red (2)."
    )
    assert follow(text, GRID).grid == [[1, 2, 3], [4, 5, 2]]
    assert follow(text.replace("third", "second"), GRID).grid == [[1, 2, 3], [4, 2, 6]]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (node("eq", node("shape", name("the input")), node("tuple", integer(4), integer(5))), "measures 4 by 5"),
        (node("ne", node("shape", name("the input")), node("tuple", integer(4), integer(5))), "not measure 4 by 5"),
        (node("resize", name("the input"), node("tuple", integer(4), integer(5))), "resized to 4 by 5"),
        (node("full", node("tuple", integer(4), integer(5)), integer(3)), "array of 4 by 5 filled with 3"),
    ],
)
def test_a_size_is_no_pair_of_coordinates(item: Node, words: str) -> None:
    text = _answer(item)
    assert words in text
    assert not measure(text).found


def test_a_program_that_paints_cells_by_number_holds_no_coordinate() -> None:
    code = (
        "def transform(g):\n    out = [row[:] for row in g]\n    if g[0][0] == 1:\n        out[1][2] = g[0][1]\n"
        "    out[0][-1] = 7\n    return out\n"
    )
    text = told(code, [GRID, [[0, 2, 3], [4, 5, 6]]])
    assert "the third cell of the second row" in text
    assert not measure(text).found
