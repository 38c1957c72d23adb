"""Searches that keep the best so far."""

from __future__ import annotations

from tests.unit.idiom_programs import told

INPUTS = [[[0, 0, 0, 0], [0, 2, 0, 5], [0, 0, 2, 0], [5, 0, 0, 0]], [[2, 0, 5], [0, 0, 0], [0, 5, 2]]]
EXTENT = (
    "def transform(g):\n    a, b, c, d = len(g), -1, len(g[0]), -1\n    for i in range(len(g)):\n"
    "        for j in range(len(g[0])):\n            if g[i][j] == 2:\n                a = min(a, i)\n"
    "                b = max(b, i)\n                c = min(c, j)\n                d = max(d, j)\n"
    "    return [row[c:d + 1] for row in g[a:b + 1]]\n"
)
NEAREST = (
    "def transform(g):\n    out = [row[:] for row in g]\n"
    "    for i in range(len(g)):\n        for j in range(len(g[0])):\n"
    "            if g[i][j] == 5:\n                best, where = 99, None\n                for k in range(len(g)):\n"
    "                    for m in range(len(g[0])):\n                        if g[k][m] == 2:\n"
    "                            d = abs(i - k) + abs(j - m)\n                            if d < best:\n"
    "                                best = d\n                                where = k\n"
    "                out[i][j] = where\n    return out\n"
)


def test_lowest_and_highest_rows_and_columns_are_the_extent_of_a_list() -> None:
    text = told(EXTENT, INPUTS)
    assert "the top and bottom row of" in text
    assert "the leftmost and rightmost column of" in text
    assert "smaller" not in text


def test_the_nearest_is_said_as_that_of_the_least_distance() -> None:
    text = told(NEAREST, INPUTS)
    assert "with least this value for each cell B" in text
    assert "infinity" not in text


def test_among_equals_the_last_is_said_as_the_last() -> None:
    code = NEAREST.replace("d < best", "d <= best").replace("where = k", "where = k + m")
    assert "with last least " in told(code, [[[0, 2, 0, 0], [0, 5, 0, 0], [0, 2, 0, 2]]])


def test_a_search_that_starts_from_what_can_win_is_told_turn_by_turn() -> None:
    code = "def transform(g):\n    b = 3\n    for v in g[0]:\n        if v > b:\n            b = v\n    return [[b]]\n"
    assert "greatest" not in told(code, [*INPUTS, [[0, 1, 2]]])
