"""Every numbered line of a method says which lines of the program it comes from."""

from __future__ import annotations

from soar2cot.engines.symbolic.coverage import idiom_lines
from soar2cot.engines.symbolic.language.node import Node, integer, name, node
from soar2cot.engines.symbolic.method import write_method

PROGRAM = """\
import numpy as np

def transform(grid):
    grid = np.array(grid)
    unused = 7
    out = np.zeros_like(grid)
    height, width = grid.shape
    for r in range(height):
        for c in range(width):
            if grid[r, c] == 3 and r > 0:
                out[r - 1, c] = 4
    out[out == 4] = 5
    return out.tolist()
"""
GRIDS = [[[0, 1, 3], [3, 0, 3]], [[3, 3], [0, 3], [3, 1]]]


def outputs() -> list[list[list[int]]]:
    here: dict[str, object] = {}
    exec(PROGRAM, here)
    return [here["transform"](grid) for grid in GRIDS]  # pyright: ignore


def test_a_line_for_each_numbered_line() -> None:
    method = write_method(PROGRAM, GRIDS, outputs())
    assert method.unnamed == 0
    assert len(method.step_lines) == len(method.text.splitlines())
    found = dict(zip(method.text.splitlines(), method.step_lines, strict=True))
    loop = next(lines for text, lines in found.items() if text.lstrip("0123456789. ").startswith("For "))
    assert loop is not None
    assert loop[0] in (8, 9, 10)
    assert loop[1] == 11
    last = next(lines for text, lines in found.items() if "grey (5)" in text or "5" in text.split(" becomes ")[-1])
    assert last == (12, 12)
    assert all(lines is None or 4 <= lines[0] <= lines[1] <= 13 for lines in found.values())


def test_what_passes_put_together_comes_from_all_its_lines() -> None:
    code = "def transform(grid):\n    h = len(grid)\n    w = len(grid[0])\n    return [[h] * w]\n"
    method = write_method(code, GRIDS, [[[2, 2, 2]], [[3, 3]]])
    assert method.step_lines == ((2, 4),) or method.step_lines[-1] == (4, 4)


def test_the_systematic_text_and_literal_code_have_lines_too() -> None:
    plain = write_method(PROGRAM, [], [], plain=True)
    assert plain.step_lines[0] == (4, 4)
    literal = write_method("class A:\n    pass\n", [], [])
    assert literal.step_lines == ((1, 3),)


def test_an_idiom_comes_from_both_heads_and_the_body_of_what_it_stands_for() -> None:
    code = (
        "def transform(g):\n    found = []\n    h = g[0][0] + 1\n    for r in range(len(g)):\n"
        "        for c in range(len(g[0])):\n            if g[r][c] == 3:\n"
        "                found.append((r, c))\n    return [[len(found), h]]\n"
    )
    method = write_method(code, GRIDS, [[[3, 1]], [[4, 4]]])
    assert method.told is not None
    lines = idiom_lines(method.told)
    assert [line for line in range(1, 8) if lines >> line & 1] == [2, 4, 5, 6, 7]


FLOOD = """\
def transform(g):
    def fill(r, c):
        if r < 0 or r >= len(g) or c < 0 or c >= len(g[0]):
            return
        if g[r][c] != 3:
            return
        g[r][c] = 4
        fill(r + 1, c)
        fill(r - 1, c)
        fill(r, c + 1)
        fill(r, c - 1)
    fill(0, 0)
    return g
"""


def test_a_flood_comes_from_the_procedure_that_did_it() -> None:
    inputs = [[[3, 3, 0], [0, 3, 3], [3, 0, 0]], [[3, 0], [3, 3]]]
    method = write_method(FLOOD, inputs, [[[4, 4, 0], [0, 4, 4], [3, 0, 0]], [[4, 0], [4, 4]]])
    assert method.told is not None
    assert "joined by sides" in method.text
    lines = idiom_lines(method.told)
    assert [line for line in range(1, 14) if lines >> line & 1] == list(range(2, 13))


def counted(item: Node) -> list[int]:
    lines = idiom_lines(node("block", item))
    return [line for line in range(12) if lines >> line & 1]


def test_a_rule_for_every_cell_does_not_tell_the_loops_in_it_that_stop() -> None:
    cell, grid = Node("pair", ("cell A",)), name("the input")
    paint = node("put", node("at", grid, cell), integer(1)).at_lines(1 << 4)
    inner = Node("for", (node("each", name("item A"), grid), node("block", paint)), 1 << 3)
    stops = Node("for", (node("each", name("item A"), grid), node("block", paint, node("leave"))), 1 << 3)
    head = node("cells", cell, grid)
    assert counted(Node("for_every", (head, node("block", inner)), 1 << 2)) == [2, 3, 4]
    assert counted(Node("for_every", (head, node("block", stops)), 1 << 2)) == [2]
    assert counted(Node("for_over", (head, node("block", inner)), 1 << 2)) == []
    chosen = node("cells_that_are", cell, grid, integer(3))
    assert counted(Node("for_over", (chosen, node("block", inner)), 1 << 2)) == [2]


def test_what_a_rule_also_does_and_what_made_no_difference_belongs_to_its_region_without_loops() -> None:
    code = (
        "def transform(g):\n    o = [row[:] for row in g]\n    for r in range(len(g)):\n"
        "        for c in range(len(g[0])):\n            if g[r][c] == 3:\n                if r < 99:\n"
        "                    o[r][c] = 4\n                for k in range(3):\n                    o[r][c] = o[r][c]\n"
        "            elif g[r][c] == 5:\n                o[r][c] = g[r][c]\n    return o\n"
    )
    inputs = [[[3, 3, 5], [0, 3, 3], [3, 0, 0]], [[3, 0], [3, 3]]]
    method = write_method(code, inputs, [[[4, 4, 5], [0, 4, 4], [4, 0, 0]], [[4, 0], [4, 4]]])
    assert method.told is not None
    assert "For every cell of the input that is green (3), the result there becomes yellow (4)." in method.text
    lines = idiom_lines(method.told)
    assert [line for line in range(2, 12) if lines >> line & 1] == [3, 4, 5, 6, 7, 10, 11]


def test_a_search_tells_itself_and_not_the_loops_in_what_it_does() -> None:
    cell, grid = Node("pair", ("cell A",)), name("the input")
    paint = node("put", node("at", grid, cell), integer(1)).at_lines(1 << 4)
    inner = Node("for", (node("each", name("item A"), grid), node("block", paint)), 1 << 3)
    assert counted(
        Node("for_first", (node("cells_that_are", cell, grid, integer(1)), node("block", paint)), 1 << 2)
    ) == [2, 4]
    assert counted(
        Node("for_first", (node("cells_that_are", cell, grid, integer(1)), node("block", inner)), 1 << 2)
    ) == [2]


def test_a_tally_and_the_ends_of_a_list_tell_the_loops_that_found_them() -> None:
    code = (
        "def transform(g):\n    t = {}\n    for row in g:\n        for v in row:\n"
        "            t[v] = t.get(v, 0) + 1\n    a, b = 99, -1\n    for r in range(len(g)):\n"
        "        for c in range(len(g[0])):\n            if g[r][c] == 3:\n                a = min(a, r)\n"
        "                b = max(b, r)\n    return [[t[3], a, b]]\n"
    )
    method = write_method(code, [GRIDS[0], [[0, 1], [3, 3], [3, 0]]], [[[3, 0, 1]], [[3, 1, 2]]])
    assert method.told is not None
    lines = idiom_lines(method.told)
    assert {3, 4, 5, 7, 8, 9, 10, 11} <= {line for line in range(2, 13) if lines >> line & 1}
