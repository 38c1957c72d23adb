"""What is done to a whole grid is said as a person says it, and gives the same grid when it is followed."""

from __future__ import annotations

from typing import Any

import pytest

from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.language.layout import write_text
from soar2cot.engines.symbolic.language.node import Node, integer, name, node
from soar2cot.engines.symbolic.language.text import read_text
from soar2cot.engines.symbolic.language.wholes import name_wholes
from soar2cot.engines.symbolic.method import write_method
from soar2cot.engines.symbolic.phrasebook.shorten import filled, shorten
from soar2cot.engines.symbolic.phrasebook.wholes import ROWS
from tests.unit.idiom_programs import told

GRIDS = ([[1, 2, 0, 3], [0, 2, 1, 1], [4, 0, 2, 1]], [[3, 3, 1], [0, 1, 2], [5, 1, 0]])
LINE, INPUT, BACK = name("the line"), name("the input"), node("reverse_all")
SAID = {
    "[row[::-1] for row in g]": "the result mirrored left to right",
    "g[::-1]": "the result mirrored top to bottom",
    "[list(r) for r in zip(*g)]": "the result with rows and columns swapped",
    "list(map(list, zip(*g)))": "the result with rows and columns swapped",
    "[list(r) for r in zip(*g[::-1])]": "the result turned a quarter to the right",
    "[list(r) for r in zip(*g)][::-1]": "the result turned a quarter to the left",
    "[row[::-1] for row in g[::-1]]": "the result turned by half",
    "[row[::-1] for row in g][::-1]": "the result turned by half",
    "[row + row[::-1] for row in g]": "the result with its mirror image to the right",
    "[row[::-1] + row for row in g]": "the result with its mirror image to the left",
    "[a + b for a, b in zip(g, g[::-1])]": "the result with the result mirrored top to bottom to its right",
    "[row[:2] for row in g]": "the first 2 columns of the result",
    "[row[1:] for row in g]": "all columns of the result but the first",
    "[row[:-1] for row in g]": "all columns of the result but the last",
    "g[:-1]": "all rows of the result but the last",
    "[row[2:] for row in g]": "the columns of the result from 2 on",
    "[[5 if v == 2 else v for v in row] for row in g]": "the result with red (2) replaced by grey (5)",
    "[[5 if v != 2 else v for v in row] for row in g]": "the result with all but red (2) replaced by grey (5)",
    "[[5 if v == 2 else 0 for v in row] for row in g]": "with red (2) replaced by grey (5) and all else by black (0)",
    "[[{1: 5}.get(v, v) for v in row] for row in g]": "with each colour replaced by its entry in the table",
    "[[0 if v == 0 else 4 for v in row] for row in g]": "the result with all but black (0) replaced by yellow (4)",
    "[[(v * 2) % 7 for v in row] for row in g]": "replaced by",
    "[list(row) for row in g[::-1]]": "a copy of the lines of the result mirrored top to bottom",
    "[row + row for row in g]": "the result repeated 2 times across",
    "[[Counter(v for row in g for v in row if v).most_common(1)[0][0]]]": "colour of the result except black (0)",
    "np.roll(np.array(g), 1, axis=0).tolist()": "rolled down by 1",
    "[row[:len(g[0]) // 2] for row in g]": "the columns of the result before half of the result's width",
    "g[:2]": "the first 2 rows of the result",
    "[row[1:3] for row in g[0:2]]": "the result within rows 0 to 1, columns 1 to 2",
    "[row * 2 for row in g]": "the result repeated 2 times across",
    "[row * 2 for _ in range(3) for row in g]": "the result repeated 3 times down and 2 times across",
    "[row * 2 for row in g] * 3": "the result tiled 3 down and 2 across",
    "[[v for v in row for _ in range(3)] for row in g for _ in range(2)]": "with each cell as a block of 2 by 3",
    "[[v for v in row for i in range(2)] for row in g for j in range(2)]": "with each cell as a block of 2 by 2",
    "[[max(set(f), key=f.count)] for f in g]": "the most frequent of",
    "[[Counter(v for row in g for v in row).most_common(1)[0][0]]]": "the most common colour of the result",
    "np.array(g)[:, ::-1].tolist()": "flipped left to right",
    "np.array(g)[::-1].tolist()": "in reverse order",
    "np.array(g)[::-1, ::-1].tolist()": "turned halfway",
    "np.array(g)[:, :2].tolist()": "the columns before 2 of",
    "np.kron(np.array(g), np.ones((2, 3), dtype=int)).tolist()": "with each cell blown up to 2 by 3",
    "np.repeat(np.repeat(np.array(g), 2, axis=0), 3, axis=1).tolist()": "with each cell stretched to 2 by 3",
    "np.hstack([np.array(g), np.array(g)]).tolist()": "side by side",
}


def _method(body: str) -> tuple[str, list[Any]]:
    code = f"import numpy as np\nfrom collections import Counter\ndef transform(g):\n{body}"
    known: dict[str, Any] = {}
    exec(code, known)
    outputs = [known["transform"]([row[:] for row in grid]) for grid in GRIDS]
    text = write_method(code, list(GRIDS), outputs).text
    for grid, wanted in zip(GRIDS, outputs, strict=True):
        assert follow(text, grid).grid == wanted, text
    return text, outputs


@pytest.mark.parametrize("expression", SAID)
def test_a_whole_grid_is_said_in_the_words_of_a_person(expression: str) -> None:
    text, _ = _method(f"    return {expression}")
    assert SAID[expression] in text


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].phrase.op)
def test_short_words_stand_for_the_longer_construct(row: tuple[Any, Node]) -> None:
    entry, meaning = row
    grids = {"min_by": "the tally", "max_by": "the tally"}
    subject = grids.get(meaning.op, "the picture") if "frequent" not in entry.phrase.op else "list A"
    subject = subject.replace("tally", "table") if entry.phrase.op.endswith("_table") else subject
    parts = (name(subject), name("colour A"), name("number C"), name("count A"), name("count B"))
    made = node("let", name("the result"), filled(meaning, parts))
    text = write_text(Node("block", (made,)))
    assert shorten(made)[1].op not in ("listed", "given", "items", "tally")
    assert read_text(text) == Node("block", (made,))


def test_how_often_each_colour_occurs_and_which_is_least_common() -> None:
    text, _ = _method("    c = Counter(v for row in g for v in row if v != 0)\n    return [[min(c, key=c.get)]]")
    assert "how often each colour of the input except black (0) occurs" in text
    assert "the least common in the tally" in text


def test_a_grid_as_large_as_another_is_blank() -> None:
    for made in ("[[5] * len(r) for r in g]", "[[5 for v in r] for r in g]"):
        text, _ = _method(f"    out = {made}\n    out[0][0] = 1\n    return out")
        assert "a grid like the input, all grey (5)" in text


def test_a_crop_by_a_loop_is_one_sentence() -> None:
    loop = "    for row in g[a:b + 1]:\n        out.append(row[a:b + 1])\n"
    text, _ = _method(f"    out = []\n    a = g[0][0] % 2\n    b = a + 1\n{loop}    return out")
    assert "the input within rows" in text
    assert "For each" not in text


def test_what_is_changed_is_no_mirrored_copy() -> None:
    text, _ = _method("    a = np.array(g)\n    a[:, ::-1] = np.array(g)\n    return a.tolist()")
    assert "flipped left to right becomes" not in text


def test_a_bound_name_takes_no_other_name_away() -> None:
    """The number of columns is the length of an outer line: the inner line must not get its name."""
    inner = node("items", name("row A"), node("before", node("length", LINE)))
    cut = node("listed", inner, node("each", name("row A"), INPUT))
    assert name_wholes(cut) == cut
    free = node("listed", node("items", name("row A"), BACK), node("each", name("row A"), LINE))
    assert name_wholes(free) == node("listed", node("items", LINE, BACK), node("each", LINE, LINE))


def test_short_words_do_not_hide_whose_a_name_is() -> None:
    """What replaces a colour depends on its line: that must stay in sight."""
    first = node("if_else", node("eq", name("the colour"), node("first", LINE)), integer(5), integer(0))
    row = node("listed", first, node("each", name("the colour"), LINE))
    made = node("let", name("the result"), node("listed", row, node("each", LINE, INPUT)))
    assert "for each line in the input" in write_text(Node("block", (made,)))


def test_names_that_are_one_are_not_taken_for_two() -> None:
    value = name("value A")
    both = Node("both", (value, value))
    joined = node("listed", node("plus", value, value), node("each", both, node("zip", INPUT, INPUT)))
    assert name_wholes(joined) == joined


def test_the_last_columns_are_not_the_first() -> None:
    """A number below 0 counts from the end, of which `the first` would say nothing."""
    before = node("items", INPUT, node("before", integer(-1)))
    assert "first" not in write_text(Node("block", (node("answer", before),)))


def test_an_input_that_is_painted_on_stays_as_it_was_given() -> None:
    code = (
        "def transform(g):\n    n = sum(v == 2 for row in g for v in row)\n    for r in range(len(g)):\n"
        "        for c in range(len(g[0])):\n            if g[r][c] == 2:\n                g[r][c] = n\n    return g\n"
    )
    text = told(code, [[[0, 2], [2, 2]], [[2, 0, 0]]])
    assert "The result becomes a copy of the input." in text
    assert "input there becomes" not in text
    assert "The answer is the input." not in text


def test_an_answer_that_is_made_at_the_end_is_the_result() -> None:
    code = "def transform(g):\n    a = g[:2]\n    a = a + a[:1]\n    a.append(g[0])\n    return a[::-1] + a\n"
    text = told(code, [[[0, 2], [2, 3]], [[2, 0, 0]]])
    assert "The result becomes " in text
    assert "The answer is" not in text


def test_a_copy_has_as_many_steps_as_any_other_method() -> None:
    text = told("def transform(g):\n    return [row[:] for row in g]\n", [[[0, 2], [2, 3]], [[2, 0, 0]]])
    assert text.splitlines() == [
        "1. The result becomes a grid like the input, all black (0).",
        "2. For every cell of the input, the result there becomes its colour.",
        "3. The answer is the result.",
    ]
