"""Sentences stay short: long conditions stand below each other, and what fits no line stands below its head."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.counting import MAX_WORDS
from soar2cot.engines.symbolic.language.split import split_conditions
from soar2cot.engines.symbolic.language.text import read_text, write_text
from soar2cot.engines.symbolic.prose import measure
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


GRIDS = [[[0, 5, 0, 2, 0], [0, 0, 2, 2, 0], [0, 5, 0, 0, 5]], [[2, 0, 5, 0, 2], [5, 5, 0, 0, 2]]]


def _longest(text: str) -> int:
    return max(measure(text).sentence_words)


def test_a_long_table_is_written_out_piece_by_piece() -> None:
    code = (
        "def transform(g):\n    t = {1: 2, 2: 6, 3: 4, 4: 3, 5: 1, 6: 2, 7: 8, 8: 9, 9: 8, 0: 7}\n"
        "    for r in range(1, len(g)):\n        for c in range(len(g[0])):\n            g[r][c] = t[g[r][c]]\n"
        "    return g\n"
    )
    text = told(code, GRIDS)
    assert "Merge the table [" in text
    assert "The entry of the table for 0 becomes 7." in text
    assert _longest(text) <= MAX_WORDS


def test_a_long_list_is_written_out_piece_by_piece() -> None:
    cells = ", ".join(f"({row}, {row * column % 4})" for row in range(2) for column in range(5))
    code = (
        f"def transform(g):\n    t = [{cells}]\n    for i, (r, c) in enumerate(t):\n        g[r][c] = i\n    return g\n"
    )
    text = told(code, GRIDS)
    assert "Add each of [" in text
    assert _longest(text) <= MAX_WORDS


def test_a_set_and_a_table_too_long_for_a_sentence_are_made_turn_by_turn() -> None:
    made = "(r * 2 + c * 3 - 1, c * 2 - r + 7 * c)"
    turns = "for r in range(len(g)) for c in range(len(g[0])) if g[r][c] != g[0][0]"
    for opened, empty in (("", "The set becomes an empty set."), ("r * 9 + c: ", " becomes an empty table.")):
        code = f"def transform(g):\n    s = {{{opened}{made} {turns}}}\n    return [[len(s) % 10]]\n"
        text = told(code, GRIDS)
        assert empty in text
        assert _longest(text) <= MAX_WORDS + 10  # a pair of sums is no shorter


def test_a_part_of_an_array_up_to_before_a_row_and_a_column_fits_a_sentence() -> None:
    code = (
        "import numpy as np\ndef transform(g):\n    a = np.array(g)\n    o = np.zeros((9, 9), dtype=int)\n"
        "    for r in range(2):\n        for c in range(2):\n            b = a[r:2 + c, c:2 + r]\n"
        "            o[r * 3:r * 3 + b.shape[0], c * 3:c * 3 + b.shape[1]] = b\n    return o.tolist()\n"
    )
    text = told(code, GRIDS)
    said = next(sentence for sentence in text.split(". ") if "to before" in sentence)
    assert "to before this value, columns" in said
    assert len(said.splitlines()[0].split()) <= MAX_WORDS


def test_a_third_and_a_fourth_number_are_said_before_a_sentence() -> None:
    code = (
        "import numpy as np\ndef transform(g):\n    a = np.array(g)\n    h, w = a.shape\n"
        "    return a[h // 2 - h // 3:h - h // 3, w // 2 - w // 3:w - w // 3].tolist()\n"
    )
    text = told(code, [[[0, 0, 0, 0], [0, 5, 2, 0], [0, 0, 5, 0]], [[0, 2, 0], [2, 5, 0], [0, 0, 0]]])
    assert "This number is " in text
    assert "That number is " in text
    assert "rows this value to before this number, columns that value to before that number" in text
