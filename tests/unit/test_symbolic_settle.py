"""What means the same and is easier to read: each change gives the same grids."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.language.layout import write_text
from soar2cot.engines.symbolic.language.node import Node, integer, name, node
from soar2cot.engines.symbolic.language.settle import settle
from soar2cot.engines.symbolic.language.text import read_text
from soar2cot.engines.symbolic.prose import measure

GRIDS = [[[1, 2, 0], [0, 2, 1]], [[5]], [[3, 3], [0, 3], [7, 0]]]


def _settled(text: str) -> str:
    """The settled text, which must give the same grids as the one before."""
    method = settle(read_text(text))
    found = write_text(method)
    assert read_text(found) == method
    assert [follow(found, grid).grid for grid in GRIDS] == [follow(text, grid).grid for grid in GRIDS]
    return found


def test_the_ends_of_a_list_are_found_in_one_sentence() -> None:
    ends = ("top row", "leftmost column", "bottom row", "rightmost column")
    lets = "\n".join(
        f"{n}. Number {letter} becomes the {end} of list A."
        for n, (letter, end) in enumerate(zip("ABCD", ends, strict=True), 2)
    )
    text = "\n".join(
        (
            "1. List A becomes [<1, 2>, <3, 0>].",
            f"{lets}",
            "6. The answer is [[number A, number B, number C, number D]].",
        )
    )
    assert "Numbers A, B, C and D become the top, bottom, left and right end of the list." in _settled(text)


def test_names_are_lettered_as_they_are_met_and_the_only_one_of_a_kind_has_no_letter() -> None:
    text = "1. List C becomes [2]. Number D becomes 1.\n2. List A becomes [3]. The answer is list C plus list A."
    text += " If number D is 1, the answer is the input."
    assert _settled(text).startswith("1. List A becomes [2].\n2. The number becomes 1.\n3. List B becomes [3].")


def test_a_range_is_said_as_one() -> None:
    text = "\n".join(
        (
            "1. If the input's height is 1, the answer is the input.",
            "2. Number A becomes 2.",
            "3. If number A is at least 1 and number A is less than 3, the answer is [[1]].",
            "4. The answer is [[2]].",
        )
    )
    assert "If the number is from 1 to before 3" in _settled(text)


def test_numbers_are_added_up() -> None:
    text = "\n".join(
        (
            "1. Number A becomes the input's width minus 3 plus 1.",
            "2. Number B becomes number A plus 1 minus 1.",
            "3. The answer is [[number A plus 5, number B plus 5]].",
        )
    )
    assert "Number A becomes the input's width minus 2" in _settled(text)
    assert "Number B becomes number A." in _settled(text)


def test_a_copy_that_is_only_read_is_the_input() -> None:
    text = "\n".join(
        (
            "1. The picture becomes a copy of grid the input.",
            "2. The result becomes a grid like the picture, all black (0).",
            "3. For each cell of the picture, the result at the cell becomes the picture at the cell.",
        )
    )
    assert "picture" not in _settled(text)


@pytest.mark.parametrize("changed", ["The picture", "The input"])
def test_a_copy_stays_where_one_of_both_is_changed(changed: str) -> None:
    text = "\n".join(
        (
            "1. The picture becomes a copy of grid the input.",
            f"2. {changed} at the top left cell becomes red (2).",
            "3. The result becomes [[the picture at the top left cell, the input at the top left cell]].",
        )
    )
    assert "icture" in _settled(text)


def test_a_list_that_is_too_much_for_a_sentence_is_made_turn_by_turn() -> None:
    text = "\n".join(
        (
            "1. The result becomes an empty list.",
            "2. List A becomes a list of line A's length plus the input's height plus the input's width "
            "for each line A in the input where line A's length is more than 1.",
            "3. The answer is [[list A's length]].",
        )
    )
    found = _settled(text)
    assert "The list becomes an empty list." in found
    assert measure(found).n_long_sentences == 0


@pytest.mark.parametrize(
    ("text", "n_steps"),
    [
        ("1. The answer is the input turned right.", 3),
        ("1. The answer is a copy of the input.", 3),
        ("1. The answer is the input.", 3),
        ("1. The result becomes a new 7 by 7 grid of black (0).\n2. The answer is the result.", 4),
        ("1. The answer is [[1, 2]].", 3),
        ("1. The result becomes a copy of the input.\n2. The result at the top left cell becomes red (2).", 3),
    ],
)
def test_a_method_has_three_steps_where_it_can(text: str, n_steps: int) -> None:
    assert measure(_settled(text)).n_steps == n_steps


def test_many_statements_share_numbers() -> None:
    lines = [f"{n}. If number {chr(64 + n)} is 1, the answer is the input." for n in range(1, 14)]
    lets = [node("let", name(f"number {chr(65 + n)}"), integer(n)) for n in range(13)]
    method = Node("block", (*lets, *read_text("\n".join(lines)).nodes))
    text = write_text(method)
    assert read_text(text) == method
    assert measure(text).n_steps <= 8


def test_pairs_of_numbers_that_are_cells_are_said_by_where_they_lie() -> None:
    text = "\n".join(
        (
            "1. The result becomes a copy of the input.",
            "2. For each cell in [<0, 0>, <0, 1>] where the cell lies inside the input, "
            "the result at the cell becomes red (2).",
            "3. Number A becomes 1.",
        )
    )
    assert "[the top left cell, the second cell of the top row]" in _settled(text)
    kept = _settled(text.replace("For each cell in", "List A becomes").split(" where")[0] + ".")
    assert "the list of ([0, 0] side by side with [0, 1])" in kept


def test_keys_of_tables_are_words() -> None:
    text = "\n".join(
        (
            '1. The table becomes the table [("min_row" to 1)].',
            '2. Number A becomes item "min_row" of the table.',
            "3. The answer is [[number A]].",
        )
    )
    assert "min row" in _settled(text)


def test_two_conditions_below_each_other_are_one() -> None:
    text = "\n".join(
        (
            "1. The result becomes a copy of the input.",
            "2. If the input's height is 1:",
            "   2.1. If the input's width is 1:",
            "      2.1.1. The result becomes [[9]].",
            "3. Number A becomes 1.",
        )
    )
    assert "If the input's height is 1 and the input's width is 1, the result becomes [[9]]." in _settled(text)


def test_a_body_without_anything_does_nothing() -> None:
    loop = node("for", node("each", name("line A"), name("the input")), Node("block"))
    text = write_text(
        settle(Node("block", (loop, node("answer", name("the input")), node("answer", name("the input")))))
    )
    assert "do nothing" in text


@pytest.mark.parametrize(
    ("turn", "places"),
    [
        ("For each cell in the list", True),
        ("For each value A and value B in the list", True),
        ("For each index and (value A and value B) in the list with numbers", True),
        ("For each value B and value A in the list", False),
    ],
    ids=["cells", "two names", "with numbers", "column and row"],
)
def test_numbers_in_pairs_that_are_gone_through_as_row_and_column_are_cells(turn: str, places: bool) -> None:
    place = "the cell" if "cell" in turn else "row value A, column value B"
    text = _settled(
        f"1. The list becomes [<0, 0>, <1, 2>].\n2. {turn}:\n   2.1. The input at {place} becomes red (2).\n"
        "3. The answer is the input."
    )
    assert ("[the top left cell, the third cell of the second row]" in text) is places


def test_two_sizes_compared_with_two_numbers_are_compared_one_by_one() -> None:
    text = _settled(
        "1. If <the input's height, the input's width> is <3, 10>:\n"
        "   1.1. The input at the top left cell becomes red (2).\n"
        "2. The result becomes an array of zeros shaped <3, 4>.\n3. The answer is the result."
    )
    assert "If the input's height is 3 and the input's width is 10" in text
    assert "an array of 3 by 4 zeros" in text


def test_pairs_that_a_table_or_a_list_by_number_gives_are_cells() -> None:
    table = (
        "1. The table becomes the table [(1 to <0, 0>), (2 to <1, 2>)]. The entry of the table for 3 becomes <2, 2>.\n"
        "2. For each value A and cell A in the entries of the table, the input at cell A becomes value A."
    )
    assert "(1 to the top left cell)" in _settled(table)
    assert "becomes the third cell of the third row" in _settled(table)
    listed = (
        "1. List A becomes [<0, 0>, <1, 2>].\n2. Cell A becomes item 1 of list A.\n3. The input at cell A becomes 2."
    )
    assert "[the top left cell, the third cell of the second row]" in _settled(listed)
    unpacked = listed.replace("Cell A becomes", "Values A and B become").replace(
        "cell A", "row value A, column value B"
    )
    assert "[the top left cell, the third cell of the second row]" in _settled(unpacked)


def test_a_row_asked_for_by_a_pair_of_numbers_is_a_cell_of_an_array() -> None:
    text = "1. List A becomes [<0, 0>, <1, 2>].\n2. For each item A in list A, row item A of the input becomes 3."
    assert "The input at the cell given by the item becomes 3" in _settled(text).replace(", the input", ", The input")
    numbers = text.replace("<0, 0>, <1, 2>", "0, 1")
    assert "cell given" not in _settled(numbers)


def test_steps_kept_in_a_group_or_as_keys_are_directions() -> None:
    text = (
        "1. Value A becomes <<-1, 0>, <0, 1>>. Table A becomes the table [(<1, 0> to 1), (<0, -1> to 2)].\n"
        "2. Value B becomes <<1, 0>, <0, 1>>."
    )
    settled = _settled(text)
    assert "<up, right>" in settled
    assert "[(down to 1), (left to 2)]" in settled
    assert "<<1, 0>, <0, 1>>" in settled


def test_a_value_chosen_by_a_procedure_is_a_choice_where_no_sentence_holds_it() -> None:
    text = (
        "1. To do the procedure with value A and value B, give whether value A is value B.\n"
        "2. List A becomes an empty list.\n"
        "3. Add (1 if the input at the top left cell is red and the procedure with the input's height, with the "
        "input's width, otherwise the input at the bottom right cell) to list A.\n4. The answer is [list A]."
    )
    found = _settled(text)
    assert "add 1 to the list" in found.lower()
    assert "Otherwise, add the input at the bottom right cell to the list." in found
