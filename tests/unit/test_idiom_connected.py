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
