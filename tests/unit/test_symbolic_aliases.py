"""Second names for what has one: left out where nothing tells them apart."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.text import read_text, write_text
from soar2cot.engines.symbolic.simplify.aliases import inline_aliases


def _without(text: str) -> str:
    return write_text(inline_aliases(read_text(text)))


def test_names_for_the_parts_of_a_cell_give_the_cell_back() -> None:
    text = (
        "1. For each cell A of the input:\n   1.1. Value A becomes cell A's row.\n   1.2. Value B becomes value A.\n"
        "   1.3. The input at row value B, column cell A's column becomes red (2).\n"
        "   1.4. The input at row 0, column value B becomes red."
    )
    found = _without(text)
    assert "alue" not in found.replace("This value", "")
    assert "cell A's row" in found


def test_a_name_that_is_asked_for_before_or_elsewhere_stays() -> None:
    text = (
        "1. Value A becomes 0.\n2. For each number A below 3:\n"
        "   2.1. If value B is 1, value A becomes 1. Value B becomes number A."
    )
    assert _without(text) == text


def test_a_name_whose_meaning_changes_later_stays() -> None:
    text = "1. Number A becomes 3. Number B becomes number A.\n2. Increase number A by 1.\n3. The answer is number B."
    assert read_text(_without(text)) == read_text(text)


def test_what_is_bound_twice_stays() -> None:
    text = "1. Number A becomes number B.\n2. Number A becomes number C.\n3. The answer is number A."
    assert _without(text) == text


def test_the_parts_of_a_direction_keep_names_of_their_own() -> None:
    text = (
        "1. For each direction in list A:\n   1.1. Value A becomes the direction's row.\n"
        "   1.2. Value B becomes value A plus 1. The result at the top left cell becomes value A."
    )
    assert "Value A becomes the direction's row" in _without(text)
