"""How methods sound: scope words, runs, several at once, and sentences that say a part of the next one."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.language.counting import MAX_WORDS, n_words
from soar2cot.engines.symbolic.language.layout import write_text
from soar2cot.engines.symbolic.language.node import Node, integer, name, node
from soar2cot.engines.symbolic.language.text import NotUnderstoodError, read_text
from soar2cot.engines.symbolic.language.tokens import length
from soar2cot.engines.symbolic.language.writer import say
from soar2cot.engines.symbolic.phrasebook.shorten import lengthen, shorten
from soar2cot.engines.symbolic.prose import measure

GRID = [[1, 2, 0], [0, 2, 1]]
CELL, INPUT, RESULT = Node("pair", ("the cell",)), name("the input"), name("the result")


def _colour(number: int) -> Node:
    return Node("colour", (number,))


def _block(*statements: Node) -> Node:
    return Node("block", statements)


def _text(*statements: Node) -> str:
    """The text, which must mean the statements and nothing else."""
    method = _block(*statements)
    text = write_text(method)
    assert read_text(text) == method
    return text


def _loop(*body: Node, over: Node = INPUT) -> Node:
    return node("for", node("cells", CELL, over), _block(*body))


def test_in_a_loop_over_cells_a_cell_has_its_colour_row_and_place() -> None:
    painted = node("put", node("at", RESULT, CELL), node("at", INPUT, CELL))
    even = node("if", node("even", node("row_of", CELL)), _block(painted))
    assert "where its row is even, the result there becomes its colour" in _text(_loop(even))


def test_where_another_place_is_named_nothing_is_said_to_be_there() -> None:
    above = node("at", RESULT, node("above", CELL))
    text = _text(_loop(node("put", above, _colour(1)), node("put", node("at", RESULT, CELL), _colour(2))))
    assert "there" not in text
    assert "its" not in text


def test_outside_of_a_loop_there_is_no_place() -> None:
    assert follow("1. The answer is the input there.", GRID).error is not None


def test_a_colour_has_its_number_where_it_is_first_met() -> None:
    text = _text(*(node("let", name(f"colour {letter}"), _colour(8)) for letter in "AB"))
    assert text == "1. Colour A becomes light blue (8).\n2. Colour B becomes light blue."


def test_colours_in_a_row_are_counted() -> None:
    row = Node("list", (_colour(0), _colour(0), _colour(3)))
    assert _text(node("answer", Node("list", (row,)))) == "1. The answer is [[2 black (0), green (3)]]."


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (node("any", node("given", name("flag A"), node("each", name("flag A"), name("list A")))), "some flag A in"),
        (node("all", node("given", name("flag A"), node("each", name("flag A"), name("list A")))), "every flag A in"),
        (
            node("not", node("any", node("given", name("flag A"), node("each", name("flag A"), name("list A"))))),
            "for no flag A in",
        ),
        (node("listed", name("the item"), node("each", name("the item"), name("list A"))), "a list of each item in"),
        (node("max", node("given", CELL, node("cells", CELL, INPUT))), "the largest of each cell of the input"),
        (
            node(
                "listed", integer(1), node("each", name("line A"), INPUT), node("each", name("the row"), name("line A"))
            ),
            "for each row in each line A in the input",
        ),
        (node("or", node("eq", CELL, integer(1)), node("eq", CELL, integer(2))), "is either 1 or 2"),
        (node("np_all", node("eq", INPUT, _colour(3))), "the input is green (3) everywhere"),
        (node("min_by", INPUT, node("lambda1", name("line A"), integer(1))), "the one line A of the input where"),
        (
            node("and", node("inside", CELL, INPUT), node("eq", node("at", INPUT, CELL), _colour(3))),
            "the input has green (3) at the cell",
        ),
        (
            node("at", INPUT, node("crossing", name("the row"), name("the column"))),
            "at the crossing of the row and the column",
        ),
        (node("item", name("list A"), name("the index")), "item at the index of list A"),
    ],
)
def test_short_words_stand_for_the_longer_construct(item: Node, words: str) -> None:
    assert words in _text(node("answer", item))
    assert lengthen(shorten(item)) == item


def test_several_quantities_of_one_noun_are_bound_together() -> None:
    both = Node("both", tuple(name(f"number {letter}") for letter in "ABCD"))
    text = _text(node("let", both, node("ends", name("list A"))))
    assert text == "1. Numbers A, B, C and D become the top, bottom, left and right end of list A."
    mixed = Node("both", (name("the row"), name("number A"), CELL))
    assert "The row, number A and the cell become" in _text(node("let", mixed, name("value A")))


def test_turns_that_bind_several_name_them_bare() -> None:
    both = Node("both", (name("the colour"), name("value A")))
    loop = node("for", node("each", both, name("list A")), _block(node("append", name("list B"), name("the colour"))))
    assert "For each colour and value A in list A, add the colour to list B." in _text(loop)
    half = node("for_every", node("from_to", node("row_of", CELL), integer(1), integer(2)), _block(Node("nothing")))
    assert "For every cell's row from 1 to 2" in _text(half)


def test_cells_that_get_one_colour_are_painted_in_one_sentence() -> None:
    places = [node("at_rc", integer(0), integer(column)) for column in (0, 1)]
    text = _text(*(node("put", node("at", RESULT, place), _colour(5)) for place in places))
    assert text == "1. Paint the result grey (5) at the top left cell, at the second cell of the top row."


def test_a_name_as_a_condition_holds_or_does_not() -> None:
    flag, stop = name("flag A"), _block(Node("leave"))
    assert _text(node("if", flag, stop)).startswith("1. If flag A holds,")
    assert _text(node("if", node("not", flag), stop)).startswith("1. If flag A does not hold,")


def _sum_of(n: int) -> Node:
    found = node("height", INPUT)
    for number in range(n):
        found = node("plus", found, node("times", integer(number), node("width", INPUT)))
    return found


def test_a_part_of_a_long_sentence_is_said_before_it() -> None:
    text = _text(node("let", name("number A"), _sum_of(5)))
    assert text.startswith("1. This value is ")
    assert measure(text).n_long_sentences == 0
    assert follow(text + "\n2. The answer is [[number A modulo 10]].", GRID).grid == [[(2 + 3 * 10) % 10]]


def test_what_is_said_before_holds_for_one_sentence_only() -> None:
    text = "1. This value is 3. The result becomes [[this value]]. The answer is [[this value]]."
    assert follow(text, GRID).error is not None
    assert follow("1. This value is 3. That value is this value plus 1. The answer is [[that value]].", GRID).grid == [
        [4]
    ]


def test_a_choice_goes_on_after_what_is_said_before_it() -> None:
    long = node("eq", name("number A"), _sum_of(5))
    last = _block(node("if", long, _block(node("answer", INPUT)), _block(node("answer", RESULT))))
    text = _text(node("if", node("eq", name("number A"), integer(1)), _block(node("answer", INPUT)), last))
    assert "is 1, the answer is the input. This value is" in text
    assert measure(text).n_long_sentences == 0


def test_what_is_bound_in_a_sentence_is_said_before_it_of_any() -> None:
    made = node("listed", _sum_of(4), node("each", INPUT, name("list A")))
    text = _text(node("let", name("list B"), made))
    assert text.startswith("1. For any input, this value is the input's height plus 0 times the input's width. ")
    assert text.endswith(" List B becomes a list of this value for each input in list A.")
    assert text.count("For any input, ") == text.count(" is ")
    assert measure(text).n_long_sentences == 0


def test_what_takes_something_off_a_list_is_done_where_it_is_said() -> None:
    taken = Node("list", (node("plus", node("pop", name("list A")), _sum_of(4)),))
    text = _text(node("let", name("value A"), node("plus", taken, taken)))
    assert text.count("the last taken off list A") == 2


def test_a_loop_that_asks_again_keeps_its_condition() -> None:
    text = _text(node("while", node("lt", name("number A"), _sum_of(5)), _block(Node("leave"))))
    assert "value is" not in text


def test_what_is_said_of_nothing_is_not_understood() -> None:
    with pytest.raises(NotUnderstoodError):
        read_text("1. This condition is red (2). Stop this loop.")


@pytest.mark.parametrize("item", [_sum_of(3), _colour(8), Node("list", (_colour(1), integer(2))), CELL])
def test_words_are_counted_without_saying_them(item: Node) -> None:
    assert n_words(item) == length(say(item)) <= MAX_WORDS + 1
