"""What a reader stumbles over: choices that lose their place, numbers that are no words, turned-round conditions."""

from __future__ import annotations

import pytest

from soar2cot.challenge import Challenge, Example, Input
from soar2cot.engines.symbolic.facts import Facts, Trails, check_text, think
from soar2cot.engines.symbolic.facts.claims import Claim, Scope
from soar2cot.engines.symbolic.facts.sentences import read, render
from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.language.text import read_steps
from tests.unit.idiom_programs import told

GRIDS = [[[0, 2, 0], [5, 0, 2], [2, 0, 5]], [[2, 0], [0, 5]]]
NESTED = (
    "1. The result becomes a copy of the input.\n"
    "2. For each cell of the input:\n"
    "   2.1. If the input at the cell is red (2):\n"
    "      2.1.1. If the cell's row is 0, the result at the cell becomes green (3).\n"
    "   2.2. Otherwise, the result at the cell becomes grey (5)."
)


def test_a_step_keeps_its_lines_so_that_each_otherwise_has_its_place() -> None:
    step = read_steps(NESTED)[1]
    assert step.sentence.splitlines() == [
        line.removeprefix("2. ") for line in NESTED.splitlines()[1:]
    ]  # as they stand in the method


def test_an_otherwise_under_its_own_number_hangs_below_the_step_it_belongs_to() -> None:
    text = "1. The result becomes the input. If the input at the top left cell is red (2):\n"
    text += "   1.1. The result becomes a copy of the input.\n2. Otherwise, the answer is the input."
    assert [step.sentence.splitlines()[-1] for step in read_steps(text)] == ["   Otherwise, the answer is the input."]


def test_a_chain_of_thought_with_such_a_step_is_read_back_and_holds() -> None:
    train = tuple(Example(grid, follow(NESTED, grid).grid or []) for grid in GRIDS)
    challenge = Challenge("00d62c1b", train, (Input(GRIDS[0]),))
    trail = follow(NESTED, GRIDS[0], record=True).trail
    trails = Trails(0, trail, (trail,))
    for length in ("short", "medium", "full"):
        text = think(Facts(challenge), trails, length)[0]  # type: ignore[arg-type]
        assert "\n   2.2. Otherwise, the result at the cell becomes grey" in text
        assert check_text(text, challenge, trails) == ()


@pytest.mark.parametrize(
    ("across", "words"), [(1, "twice downwards and once across"), (3, "twice downwards and 3 times across")]
)
def test_once_and_twice_are_words(across: int, words: str) -> None:
    claim = Claim("tile", (2, across), Scope("pairs"))
    assert words in render(claim)
    assert read(render(claim), Scope("pairs")) == (claim,)
    assert not read(render(claim).replace("twice", "2 times"), Scope("pairs"))


def test_none_is_no_number() -> None:
    claim = Claim("altogether", (), Scope("step", 0, "test"), 0)
    assert render(claim) == "compared with the input, no cells changed in all"
    assert read(render(claim), claim.scope) == (claim,)


def _body(*lines: str) -> str:
    return "def transform(g):\n" + "".join(f"    {line}\n" for line in lines) + "    return g\n"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (_body("for r in range(len(g)):", "    if not r < 1:", "        g[r][0] = 4"), "is at least 1"),
        (_body("for r in range(len(g) - 1, 0, -1):", "    g[r] = g[r - 1][:]"), "down to 1"),
        (
            _body("s = list(g[0])", "while s:", "    if s.pop() == 0:", "        g[1][0] += 1"),
            "While the list is not empty",
        ),
        (
            _body("for r in range(len(g)):", "    g[r][0] = 3 if bool(g[r][0]) ^ bool(g[r][1]) else 0"),
            "exactly one of",
        ),
    ],
)
def test_what_is_said_the_right_way_round(code: str, words: str) -> None:
    assert words in told(code, GRIDS)


def test_a_colour_that_stays_is_not_recoloured_to_itself() -> None:
    code = (
        "def transform(g):\n    h = [[7] * len(g[0]) for _ in g]\n    for r in range(len(g)):\n"
        "        for c in range(len(g[0])):\n            if g[r][c] == 2:\n                h[r][c] = 2\n"
        "            elif g[r][c] == 5:\n                h[r][c] = 5\n    return h\n"
    )
    text = told(code, GRIDS)
    assert "where its colour is either red (2) or grey (5)" in text
    assert "ecolour" not in text


def test_what_a_cell_holds_is_asked_with_its_place_though_other_questions_stand_between() -> None:
    code = (
        "def transform(g):\n    n = [row[:] for row in g]\n    h, w = len(g), len(g[0])\n"
        "    for r in range(h):\n        for c in range(w):\n"
        "            if r + 1 < h and c + 1 < w and g[r + 1][c] == 0 and g[r][c + 1] == 0:\n"
        "                n[r][c] = 8\n    return n\n"
    )
    text = told(code, GRIDS)
    assert text.count("has black") == 2
    assert "inside" not in text


def test_how_far_a_cell_lies_is_a_distance_and_no_row() -> None:
    code = (
        "def transform(g):\n    n = [row[:] for row in g]\n    for r in range(len(g)):\n"
        "        for c in range(len(g[0])):\n            if g[r][c] == 2:\n                for i in range(1, 3):\n"
        "                    if r + i < len(g) and n[r + i][c] == 0:\n                        n[r + i][c] = 4\n"
        "    return n\n"
    )
    text = told(code, GRIDS)
    assert "the cell at distance A below the cell" in text
    assert "the row below" not in text


def test_a_row_that_also_says_where_a_cell_lies_stays_a_row() -> None:
    code = (
        "def transform(g):\n    n = [row[:] for row in g]\n    for i in range(1, len(g)):\n"
        "        for r in range(len(g) - i):\n            for c in range(len(g[0])):\n"
        "                if g[r][c] == 2 and g[i][0] == 0:\n                    n[r + i][c] = 4\n    return n\n"
    )
    assert "distance" not in told(code, GRIDS)


def test_cells_by_colour_are_said_by_its_colour() -> None:
    code = (
        "def transform(g):\n    t = {}\n    for r in range(len(g)):\n        for c in range(len(g[0])):\n"
        "            if g[r][c] != 0:\n                t.setdefault(g[r][c], []).append((r, c))\n"
        "    for k in t:\n        for r, c in t[k][1:]:\n            g[r][c] = 9\n    return g\n"
    )
    text = told(code, GRIDS)
    assert "by its colour for each cell" in text or "set" in text


def test_several_cells_become_and_one_becomes() -> None:
    code = "import numpy as np\n\ndef transform(g):\n    a = np.array(g)\n    a[a == 2] = 7\n    return a.tolist()\n"
    assert "The cells of the result where (the result is red (2)) become orange (7)." in told(code, GRIDS)
