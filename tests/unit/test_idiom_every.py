"""`for every`: all at once, against loops whose turns see each other."""

from __future__ import annotations

from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.method import report, write_method
from tests.unit.idiom_programs import told

GRID = [[0, 2, 0], [0, 0, 0], [2, 0, 0]]


def _outputs(code: str) -> list[list[list[int]]]:
    names: dict[str, object] = {}
    exec(code, names)
    transform = names["transform"]
    return [transform([list(row) for row in GRID])]  # type: ignore[operator]


def _told(code: str) -> str:
    return write_method(code, [GRID], _outputs(code)).text


def test_a_rule_for_every_cell_is_said_at_once_and_followed() -> None:
    code = (
        "def transform(g):\n    o = [row[:] for row in g]\n    for r in range(len(g)):\n"
        "        for c in range(len(g[0])):\n            if g[r][c] == 2:\n                o[r][c] = 3\n    return o\n"
    )
    text = _told(code)
    assert "For every cell of the input that is red (2), the result there becomes green (3)." in text
    assert follow(text, GRID).grid == _outputs(code)[0]


def test_turns_that_see_what_others_painted_are_told_one_after_the_other() -> None:
    code = (
        "def transform(g):\n    for r in range(len(g)):\n        for c in range(1, len(g[0])):\n"
        "            if g[r][c - 1] == 2:\n                g[r][c] = 2\n    return g\n"
    )
    assert "every" not in _told(code)
    assert "every" in report(code, [GRID], _outputs(code)).refused


def test_where_two_turns_paint_one_cell_differently_their_order_is_told() -> None:
    code = (
        "def transform(g):\n    o = [[0]]\n    for r in range(len(g)):\n        for c in range(len(g[0])):\n"
        "            o[0][0] = r + c\n    return o\n"
    )
    assert "every" not in _told(code)


def test_every_reads_the_grid_as_it_was() -> None:
    text = (
        "1. For every cell of the input where the cell left of the cell lies inside the input:\n"
        "   1.1. The input at the cell becomes the input at the cell left of the cell.\n2. The answer is the input."
    )
    each = text.replace("every", "each")
    assert follow(text, [[1, 2, 3]]).grid == [[1, 1, 2]]
    assert follow(each, [[1, 2, 3]]).grid == [[1, 1, 1]]


def _each_cell(*body: str) -> str:
    lines = "".join(f"            {line}\n" for line in body)
    return (
        "def transform(g):\n    o = [row[:] for row in g]\n    k = 0\n    for r in range(len(g)):\n"
        f"        for c in range(len(g[0])):\n{lines}    return o\n"
    )


def test_what_a_turn_names_on_a_condition_may_be_asked_for_there() -> None:
    code = _each_cell("if g[r][c] == 2:", "    k = (r * 7 + c * 3) % 5", "    o[r][c] = (k + k * k) % 10")
    assert "For every cell" in _told(code)


def test_what_a_turn_names_on_a_condition_and_a_later_one_asks_for_is_told_turn_by_turn() -> None:
    code = _each_cell("if g[r][c] == 2:", "    k = (r * 7 + c * 3) % 5", "o[r][c] = (k + k * k) % 10")
    assert "every" not in _told(code)


def test_a_name_that_another_loop_gives_to_something_else_is_in_no_rules_way() -> None:
    again = (
        "    for r in range(len(g)):\n        k = (r * 5 + 1) % 4\n        o[r][0] = (k + k * k) % 10\n    return o\n"
    )
    code = _each_cell("k = (r * 7 + c * 3) % 5", "o[r][c] = (k + k * k) % 10").replace("    return o\n", again)
    assert _told(code).count("every") == 2


def test_what_is_named_in_a_turn_and_asked_for_after_the_loop_is_told_turn_by_turn() -> None:
    code = _each_cell("k = (r * 7 + c * 3) % 5", "o[r][c] = (k + k * k) % 10").replace(
        "return o", "o[0][0] = k + 1\n    return o"
    )
    assert "For every" not in _told(code)


def test_a_turn_that_is_left_early_is_a_condition() -> None:
    code = _each_cell("if g[r][c] != 2:", "    continue", "o[r][c] = (r * 7 + c * 3) % 5")
    text = _told(code)
    assert "For every cell of the input that is red" in text
    assert "go on" not in text


SPREAD = (
    "def transform(g):\n    o = [[0] * len(g[0]) for _ in g]\n    for r in range(len(g)):\n"
    "        for c in range(len(g[0])):\n            if g[r][c] == 2:\n"
    "                for k in range(len(g[0])):\n                    {stroke}\n    return o\n"
)


def test_a_turn_of_loops_that_paint_over_each_other_may_be_a_rule_by_itself() -> None:
    code = SPREAD.format(stroke="o[r][k] = (c + k) % 5 + 1").replace("g[r][c] == 2", "g[r][c] != 7")
    text = _told(code)
    assert "Painting over, for each cell of the input" in text
    assert "For every column across the input" in text
    assert follow(text, GRID).grid == _outputs(code)[0]


def test_a_rule_in_a_rule_reads_the_grids_as_they_were_before_the_outer_one() -> None:
    text = (
        "1. Painting over, for each row from 1 to before the input's height:\n"
        "   1.1. For every column across the input:\n"
        "      1.1.1. The input at the crossing of the row and the column becomes the input at the crossing of "
        "(the row minus 1) and the column.\n2. The answer is the input."
    )
    assert follow(text, [[1, 4], [2, 5], [3, 6]]).grid == [[1, 4], [1, 4], [2, 5]]


def test_turns_within_that_see_each_other_are_told_one_after_the_other() -> None:
    code = (
        "def transform(g):\n    for r in range(len(g)):\n        for c in range(1, len(g[0])):\n"
        "            for k in range(1, len(g[0])):\n                g[r][k] = (g[r][k - 1] + c) % 7\n    return g\n"
    )
    assert "every" not in _told(code)


def test_a_table_that_every_turn_makes_for_itself_is_no_picture() -> None:
    code = (
        "import numpy as np\n\ndef transform(g):\n    a = np.array(g)\n    h, w = a.shape\n"
        "    o = np.zeros((h // 2, w // 2), dtype=int)\n    for r in range(h // 2):\n"
        "        for c in range(w // 2):\n            b = a[r * 2:(r + 1) * 2, c * 2:(c + 1) * 2]\n"
        "            u = np.unique(b)\n            u = u[u != 0]\n            if len(u) == 1:\n"
        "                o[r, c] = u[0]\n            elif len(u) > 1:\n"
        "                t = {k: np.sum(b == k) for k in u}\n                o[r, c] = max(t, key=t.get)\n"
        "    return o.tolist()\n"
    )
    grids = [[[1, 1, 2, 3], [2, 1, 3, 3], [0, 5, 4, 4], [0, 0, 6, 4]], [[7, 7, 0, 2], [7, 8, 2, 2]]]
    text = told(code, grids)
    assert "For every cell" in text
    assert "becomes an empty table" in text or "table from" in text
