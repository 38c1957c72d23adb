"""Sentences stay short: long conditions stand below each other, and what fits no line stands below its head."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.counting import MAX_WORDS
from soar2cot.engines.symbolic.language.repeated import for_each_colour
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


NUMBERS = "a, b = len(g) * 2 + g[0][0], len(g[0]) * 3 + g[0][1]\n"


def test_what_is_sorted_by_is_said_before_of_any_item() -> None:
    code = (
        "def transform(g):\n    t = {}\n    for row in g:\n        for v in row:\n            t[v] = t.get(v, 0) + 1\n"
        "    s = sorted(t, key=lambda v: (-t[v] * 2 + len(g), v * 3 - len(g[0]), v % 3))\n    return [s]\n"
    )
    text = told(code, GRIDS)
    assert "For any colour, " in text
    assert _longest(text) <= MAX_WORDS


def test_a_long_question_of_two_turns_is_asked_one_after_the_other() -> None:
    turns = "for i in range(1 + a % 3) for j in range(1 + b % 3) if i != j"
    asked = f"any(g[(r + i) % len(g)][(c + j) % len(g[0])] == 5 {turns})"
    code = (
        f"def transform(g):\n    {NUMBERS}    out = [list(row) for row in g]\n    for r in range(len(g)):\n"
        f"        for c in range(len(g[0])):\n            if {asked}:\n                out[r][c] = 3\n    return out\n"
    )
    text = told(code, GRIDS)
    assert "For numbers " in text
    assert "for some number" in text
    assert _longest(text) <= MAX_WORDS


def test_what_is_said_of_two_at_once_is_read_as_such() -> None:
    text = (
        "1. For numbers A and B, this value is number A plus number B. "
        "The result becomes [(a list of this value for each number A below 2 for each number B below 3)].\n"
        "2. For any item, this condition is that the item is the input's height. "
        "List A becomes [1] sorted by (this condition holds) of each item.\n3. The answer is the result."
    )
    method = read_text(text)
    assert "plus(name('number A'), name('number B'))" in repr(method[0])
    assert "eq(name('the item'), height(name('the input')))" in repr(method[1])


def test_a_loop_with_a_long_condition_is_left_where_a_part_of_it_no_longer_holds() -> None:
    code = (
        f"def transform(g):\n    {NUMBERS}    out = [list(row) for row in g]\n    n = 0\n"
        "    while n + a < len(g) * 5 and n * 2 + b < len(g[0]) * 7 and g[n % len(g)][n % len(g[0])] != 5:\n"
        "        out[n % len(g)][0] = n % 10\n        n += 1\n    return out\n"
    )
    text = told(code, GRIDS)
    assert "Repeat without end:" in text
    assert "stop this loop." in text
    assert _longest(text) <= MAX_WORDS


def test_a_long_part_that_is_painted_is_said_before() -> None:
    code = (
        "import numpy as np\ndef transform(g):\n    a = np.array(g)\n"
        "    for r in range(2):\n        for c in range(2):\n"
        "            a[r * 2:(r + 1) * 2 - c, c * 2:(c + 1) * 2 - r] = a[r, c] + r * c\n    return a.tolist()\n"
    )
    text = told(code, GRIDS)
    assert " part is " in text
    assert " part becomes " in text
    assert _longest(text) <= MAX_WORDS


def test_a_long_list_that_a_loop_goes_through_gets_a_name() -> None:
    cells = ", ".join(f"({row}, {(row * 3 + column) % 5})" for row in range(2) for column in range(6))
    code = (
        f"def transform(g):\n    out = [list(row) for row in g]\n    for r, c in [{cells}]:\n"
        "        out[r][c] = out[r][c] * 2 % 10\n    return out\n"
    )
    text = told(code, GRIDS)
    assert "Add each of [" in text
    assert _longest(text) <= MAX_WORDS


def test_what_is_chosen_of_many_turns_is_chosen_of_a_list_with_a_name() -> None:
    code = (
        "def transform(g):\n    best, at = None, None\n"
        "    for r in range(len(g)):\n        for c in range(len(g[0])):\n"
        "            if g[r][c] != 0 and g[r][c] != 5 and r + c > 1:\n                d = abs(r - 1) + abs(c - 2)\n"
        "                if best is None or d < best:\n                    best, at = d, (r, c)\n"
        "    out = [list(row) for row in g]\n    if at is not None:\n        out[at[0]][at[1]] = 7\n    return out\n"
    )
    assert _longest(told(code, GRIDS)) <= MAX_WORDS


def test_three_quantities_of_one_noun_are_lettered_in_a_turn() -> None:
    text = "1. For each number A, B and C in [[1, 2, 3]], the answer is [[number C]]."
    method = read_text(text)
    assert "both(name('number A'), name('number B'), name('number C'))" in repr(method)
    assert write_text(method) == text


def test_loops_that_differ_in_a_colour_are_one_loop() -> None:
    loops = "".join(
        f"    for r in range(len(g)):\n        for c in range(len(g[0])):\n            if g[r][c] == {colour}:\n"
        "                g[r][c] = (r + c) % 10\n"
        for colour in (5, 2, 0)
    )
    text = told(f"def transform(g):\n{loops}    return g\n", GRIDS)
    assert "For each colour in [grey (5), red (2), black (0)]:" in text


def test_two_loops_that_differ_in_a_colour_stay_two() -> None:
    text = "1. For every cell of the input that is red (2), the input there becomes blue (1).\n2. "
    method = read_text(text + "For every cell of the input that is grey (5), the input there becomes blue.")
    assert for_each_colour(method) == method
