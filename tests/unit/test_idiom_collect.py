"""Lists, counts and tables that loops gather one by one."""

from __future__ import annotations

from tests.unit.idiom_programs import told

INPUTS = [[[0, 2, 0], [5, 0, 2], [2, 0, 5]], [[2, 0], [0, 5]]]


def test_cells_gathered_by_a_loop_are_said_as_the_cells_of_a_colour() -> None:
    code = (
        "def transform(g):\n    cells = []\n    for r in range(len(g)):\n        for c in range(len(g[0])):\n"
        "            if g[r][c] == 2:\n                cells.append((r, c))\n"
        "    for r, c in cells[1:] + cells[:1]:\n        g[r][c] = 3\n    return g\n"
    )
    assert "the cells of the input that are red (2)" in told(code, INPUTS)


def test_a_count_is_said_as_how_many_there_are() -> None:
    code = (
        "def transform(g):\n    n = 0\n    for r in range(len(g)):\n        for c in range(len(g[0])):\n"
        "            if g[r][c] == 5:\n                n += 1\n    return [[n] * n]\n"
    )
    assert "how many there are for each cell of the input that is grey (5)" in told(code, INPUTS)


def test_cells_under_their_colours_are_one_table() -> None:
    code = (
        "def transform(g):\n    t = {}\n    for r in range(len(g)):\n        for c in range(len(g[0])):\n"
        "            if g[r][c] != 0:\n                if g[r][c] not in t:\n                    t[g[r][c]] = []\n"
        "                t[g[r][c]].append((r, c))\n    best = max(t, key=lambda k: len(t[k]))\n"
        "    for r, c in t[best]:\n        g[r][c] = 9\n    return g\n"
    )
    assert "lists of the cell by its colour" in told(code, INPUTS).replace("cell A", "the cell")


def test_a_table_whose_lists_begin_empty_when_they_are_asked_for_is_the_same() -> None:
    code = (
        "def transform(g):\n    t = {}\n    for r in range(len(g)):\n        for c in range(len(g[0])):\n"
        "            if g[r][c] != 0:\n                t.setdefault(g[r][c], []).append((r, c))\n"
        "    for k, v in t.items():\n        for r, c in v[1:]:\n            g[r][c] = k + 1\n    return g\n"
    )
    assert "by its colour for each cell of the input except black (0)" in told(code, INPUTS)


def test_a_list_that_feeds_on_itself_is_told_turn_by_turn() -> None:
    code = (
        "def transform(g):\n    n = [1]\n    for v in g[0]:\n        n.append(n[-1] + v)\n    return [[n[-1] % 10]]\n"
    )
    assert "add the last" in told(code, INPUTS).lower()


def test_counting_by_what_a_table_has_so_far_is_how_often_each_colour_occurs() -> None:
    code = (
        "def transform(g):\n    n = {}\n    for row in g:\n        for v in row:\n            n[v] = n.get(v, 0) + 1\n"
        "    return [[v for v in sorted(n, key=lambda k: (n[k], k))]]\n"
    )
    assert "how often each colour of the input occurs" in told(code, INPUTS)


def test_the_colours_of_all_lines_merged_are_one_set() -> None:
    code = (
        "def transform(g):\n    s = set()\n    for row in g:\n        s.update(row)\n    s.discard(0)\n"
        "    return [sorted(s)]\n"
    )
    assert "the set of the colours of the input" in told(code, INPUTS)


def test_what_was_in_a_set_before_is_not_forgotten() -> None:
    code = "def transform(g):\n    s = {7}\n    for row in g:\n        s.update(row)\n    return [sorted(s)]\n"
    assert "the set of the colours" not in told(code, INPUTS)
