"""What things are called: shapes, the result, rows and columns of loops; and what a loop takes apart at once."""

from __future__ import annotations

import pytest

from tests.unit.idiom_programs import told

GRIDS = [[[0, 3, 3, 0], [0, 0, 3, 0], [5, 0, 0, 2]], [[2, 2], [0, 3], [3, 3]], [[0]]]
SHAPES = """
def find(g):
    seen = set()
    found = []
    for r in range(len(g)):
        for c in range(len(g[r])):
            if g[r][c] != 0 and (r, c) not in seen:
                stack = [(r, c)]
                cells = set()
                while stack:
                    y, x = stack.pop()
                    if (y, x) in seen or not (0 <= y < len(g) and 0 <= x < len(g[0])) or g[y][x] != g[r][c]:
                        continue
                    seen.add((y, x))
                    cells.add((y, x))
                    stack.extend([(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)])
                found.append(cells)
    return found

def transform(g):
    out = [row[:] for row in g]
    for thing in find(g):
        if len(thing) > 2:
            for y, x in thing:
                out[y][x] = 8
    return out
"""
LARGEST = (
    SHAPES.split("def transform")[0]
    + """
def transform(g):
    out = [row[:] for row in g]
    things = find(g)
    if things:
        best = max(things, key=len)
        for y, x in best:
            out[y][x] = 8
    return out
"""
)


def test_what_goes_through_shapes_is_a_shape_and_its_length_a_count_of_cells() -> None:
    text = told(SHAPES, GRIDS)
    assert "For every shape in the shapes of the input" in text
    assert "the cell count of the shape is more than 2" in text
    assert "set" not in text  # that the search gathered sets is nothing to be said
    assert "procedure" not in text


def test_sets_that_are_needed_stay_sets() -> None:
    code = SHAPES.replace("        if len(thing) > 2:", "        if len(thing - {(0, 1)}) > 2:")
    assert "the set of" in told(code, [*GRIDS, [[0, 4, 4], [0, 4, 4]]])


def test_the_longest_of_shapes_has_the_most_cells() -> None:
    assert "every cell in the one of the list with the largest cell count" in told(LARGEST, GRIDS)


def test_a_name_that_also_stands_for_something_else_keeps_its_noun() -> None:
    code = SHAPES.replace("    return out\n", "    for thing in g[0]:\n        out[-1][-1] = thing\n    return out\n")
    assert "shape in the shapes" not in told(code, GRIDS)


def test_lists_of_cells_by_colour_are_a_colour_and_its_list() -> None:
    code = (
        "def transform(g):\n    n = [row[:] for row in g]\n    by = {}\n    for r in range(len(g)):\n"
        "        for c in range(len(g[0])):\n            if g[r][c] != 0:\n"
        "                if g[r][c] not in by:\n                    by[g[r][c]] = []\n"
        "                by[g[r][c]].append((r, c))\n"
        "    for k, v in by.items():\n        top = min(r for r, c in v)\n"
        "        for r, c in v:\n            n[top][c] = k\n    return n\n"
    )
    assert "colour and list in the entries" in told(code, GRIDS)


def test_what_is_given_is_called_the_result() -> None:
    code = "def transform(g):\n    def mark(h):\n        k = [row[:] for row in h]\n        k[0][0] = 7\n"
    code += "        return k\n    n = mark(g)\n    return n\n"
    assert "The result at the top left cell becomes orange (7)." in told(code, GRIDS)


@pytest.mark.parametrize("taken", ["for p in cells:\n        r, c = p\n", "for r, c in cells:\n"])
def test_a_cell_taken_apart_first_is_the_cell_of_the_loop(taken: str) -> None:
    code = "import numpy as np\n\ndef transform(g):\n    a = np.array(g)\n    cells = np.argwhere(a == 3)\n"
    text = told(f"{code}    {taken}        a[r, c] = 6\n    return a.tolist()\n", GRIDS)
    assert "cell in the list of cells where" in text
    assert "item" not in text


def test_the_rows_of_a_grid_are_as_long_as_it_is_wide() -> None:
    code = "def transform(g):\n    n = [row[:] for row in g]\n    for r in range(len(g)):\n"
    code += "        for c in range(len(g[r])):\n            if g[r][c] == 3:\n                n[r][c] = 4\n"
    code += "    return n\n"
    assert "or every cell of the input that is green (3)" in told(code, GRIDS)


def test_a_loop_downwards_ends_with_a_number_not_before_one() -> None:
    code = "def transform(g):\n    n = [row[:] for row in g]\n    for r in range(len(g)):\n"
    code += "        for k in range(len(g[r]) - 1, r - 1, -1):\n            n[r][k] = 1\n    return n\n"
    text = told(code, [[[0] * 4 for _ in range(4)]])
    assert "from the input's width minus 1 down to the cell's row" in text


def test_one_name_for_rows_here_and_columns_there_is_two() -> None:
    code = (
        "def transform(g):\n    n = [row[:] for row in g]\n    for r in range(len(g)):\n"
        "        for c in range(len(g[0])):\n            if g[r][c] == 3:\n"
        "                for k in range(c, len(g[0])):\n                    n[r][k] = 8\n"
        "            if g[r][c] == 2:\n"
        "                for k in range(r, len(g)):\n                    n[k][c] = 9\n    return n\n"
    )
    text = told(code, GRIDS)
    assert "row the column" not in text
    assert "or every column from" in text or "or each column from" in text
    assert "or every row from" in text or "or each row from" in text


def test_a_value_is_never_left_to_a_turn_of_an_earlier_loop() -> None:
    code = (
        "def transform(g):\n    n = [row[:] for row in g]\n    for k in (1, 2):\n        top = min(k, 1)\n"
        "        n[0][0] += top + k\n    for k in (2, 3):\n        top = min(k, 1)\n        n[-1][-1] += top * k\n"
        "    return [[c % 10 for c in row] for row in n]\n"
    )
    text = told(code, GRIDS)
    assert text.count("the smaller of") == 2
