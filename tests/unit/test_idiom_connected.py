"""Floods and searches for shapes, written by hand in several ways."""

from __future__ import annotations

import pytest

from tests.unit.idiom_programs import outputs, refused, told

INPUTS = [
    [[5, 5, 0, 5], [0, 5, 0, 0], [0, 0, 5, 5], [5, 0, 0, 5]],
    [[0, 5, 0], [5, 0, 5], [5, 5, 5]],
]
SIDES = "((0, 1), (1, 0), (0, -1), (-1, 0))"
ALL = "((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))"
QUEUE = (
    "def transform(g):\n    h, w = len(g), len(g[0])\n    seen = set()\n    out = [row[:] for row in g]\n"
    "    for r in range(h):\n        for c in range(w):\n            if g[r][c] == 5 and (r, c) not in seen:\n"
    "                group = []\n                stack = [(r, c)]\n                while stack:\n"
    "                    x, y = stack.pop()\n                    if (x, y) in seen:\n                        continue\n"
    "                    seen.add((x, y))\n                    group.append((x, y))\n"
    "                    for a, b in [WAYS]:\n                        u, v = x + a, y + b\n"
    "                        if 0 <= u < h and 0 <= v < w and g[u][v] == 5:\n"
    "                            stack.append((u, v))\n                for x, y in group:\n"
    "                    out[x][y] = len(group)\n    return out\n"
)
FLOOD = (
    "def transform(g):\n    def fill(r, c):\n        if r < 0 or r >= len(g) or c < 0 or c >= len(g[0]):\n"
    "            return\n        if g[r][c] != 5:\n            return\n        g[r][c] = 3\n"
    "        fill(r + 1, c)\n        fill(r - 1, c)\n        fill(r, c + 1)\n        fill(r, c - 1)\n"
    "    fill(0, 0)\n    return g\n"
)


@pytest.mark.parametrize(("ways", "words"), [(SIDES, "joined by sides"), (ALL, "joined by sides or corners")])
def test_a_queue_of_cells_is_said_as_shapes(ways: str, words: str) -> None:
    text = told(QUEUE.replace("[WAYS]", f"[{ways[1:-1]}]"), INPUTS)
    assert words in text
    assert "While" not in text


def test_the_ways_of_joining_give_different_texts_and_grids() -> None:
    narrow, wide = (QUEUE.replace("[WAYS]", f"[{ways[1:-1]}]") for ways in (SIDES, ALL))
    assert outputs(narrow, INPUTS) != outputs(wide, INPUTS)
    assert told(narrow, INPUTS) != told(wide, INPUTS)


def test_a_procedure_that_does_itself_is_said_as_the_shape_that_it_fills() -> None:
    text = told(FLOOD, INPUTS)
    assert "joined by sides" in text
    assert "procedure" not in text


def test_a_search_that_goes_only_downwards_is_no_shape() -> None:
    code = FLOOD.replace("        fill(r - 1, c)\n", "").replace("        fill(r, c - 1)\n", "")
    grids = [[[5, 5, 5], [0, 0, 5], [5, 5, 5]]]
    assert "joined" not in told(code, grids)
    assert "connected" in refused(code, grids)


MARKED_WHEN_MET = (
    "from collections import deque\n\ndef transform(g):\n    h, w = len(g), len(g[0])\n"
    "    seen = [[False] * w for _ in range(h)]\n    groups = []\n    for r in range(h):\n        for c in range(w):\n"
    "            if g[r][c] == 0 or seen[r][c]:\n                continue\n"
    "            queue = deque([(r, c)])\n            seen[r][c] = True\n            cells = []\n"
    "            while queue:\n                y, x = queue.popleft()\n                cells.append((y, x))\n"
    "                for dy, dx in ((1, 0), (-1, 0), (0, 1), (0, -1)):\n                    ny, nx = y + dy, x + dx\n"
    "                    if 0 <= ny < h and 0 <= nx < w and not seen[ny][nx] and g[ny][nx] != 0:\n"
    "                        seen[ny][nx] = True\n                        queue.append((ny, nx))\n"
    "            groups.append(cells)\n    for y, x in max(groups, key=len):\n        g[y][x] = 9\n    return g\n"
)
BY_PROCEDURE = (
    "def transform(g):\n    h, w = len(g), len(g[0])\n    def search(r, c):\n        met = set()\n"
    "        todo = [(r, c)]\n        while todo:\n            y, x = todo.pop()\n            if (y, x) in met:\n"
    "                continue\n            met.add((y, x))\n"
    "            for dy, dx in [(-1, 0), (1, 0), (0, -1), (0, 1)]:\n                ny, nx = y + dy, x + dx\n"
    "                if 0 <= ny < h and 0 <= nx < w and g[ny][nx] != 0:\n                    todo.append((ny, nx))\n"
    "        return met\n    found, seen = [], set()\n    for r in range(h):\n        for c in range(w):\n"
    "            if g[r][c] != 0 and (r, c) not in seen:\n                group = search(r, c)\n"
    "                found.append(group)\n                seen.update(group)\n    for group in found:\n"
    "        if len(group) > 2:\n            for r, c in group:\n                g[r][c] = 7\n    return g\n"
)
INTO_THE_BORDER = (
    "def transform(g):\n    h, w = len(g), len(g[0])\n    def fill(r, c):\n"
    "        if r < 0 or r >= h or c < 0 or c >= w:\n            return\n"
    "        if g[r][c] != 0:\n            return\n"
    "        g[r][c] = 4\n        fill(r + 1, c)\n        fill(r - 1, c)\n"
    "        fill(r, c + 1)\n        fill(r, c - 1)\n"
    "    for r in range(h):\n        for c in range(w):\n            if r in (0, h - 1) or c in (0, w - 1):\n"
    "                fill(r, c)\n    return g\n"
)
SHAPED = [
    [[2, 2, 0, 5], [0, 2, 0, 5], [0, 0, 0, 0], [5, 5, 0, 2]],
    [[0, 0, 0], [0, 5, 5], [2, 0, 5]],
    [[0, 3, 3, 3, 0], [0, 3, 0, 3, 0], [0, 3, 3, 3, 0], [0, 0, 0, 0, 0]],
]


def test_marks_set_when_a_cell_is_met_belong_to_the_search_and_are_left_out() -> None:
    text = told(MARKED_WHEN_MET, SHAPED)
    assert "The list becomes the objects of the input except black (0) joined by sides." in text
    assert "true" not in text


def test_a_search_that_gives_sets_is_a_list_of_shapes_where_that_makes_no_difference() -> None:
    text = told(BY_PROCEDURE, SHAPED)
    assert "the objects of the input except black (0) joined by sides" in text
    assert "the set of" not in text
    assert "erge" not in text


def test_a_procedure_that_does_itself_is_no_longer_told_where_it_is_a_search() -> None:
    text = told(INTO_THE_BORDER, SHAPED)
    assert "black (0) joined by sides" in text
    assert "procedure" not in text
