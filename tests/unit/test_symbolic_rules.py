"""Rules for every cell: which of them is wrong, whether their order is sure to decide nothing."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.follow.follower import Prepared
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.text import read_text
from soar2cot.engines.symbolic.simplify import blame
from soar2cot.engines.symbolic.simplify.blame import Rule, rules_of, wrong_rules
from soar2cot.engines.symbolic.simplify.order import order_is_free
from soar2cot.engines.symbolic.simplify.trial import Trial
from tests.unit.idiom_programs import refused, told

GRID = [[0, 2, 0, 2], [0, 3, 0, 3], [2, 0, 0, 0]]
RECOLOUR = "For every cell of the input that is red (2), the result there becomes green (3)."
SPREAD = (
    "For every cell of the input except black (0):\n   3.1. For each column across the input:\n"
    "      3.1.1. The result at the crossing of the cell's row and the column becomes the cell's column plus 1."
)
SMEAR = (
    "For every cell of the result where the cell left of the cell lies inside the result:\n"
    "   3.1. If the result left of the cell is green, the result there becomes green."
)


def _method(*steps: str) -> Node:
    """The steps, each said to come from a line of its own."""
    first = "1. The result becomes a grid like the input, all black (0)."
    method = read_text("\n".join((first, *(f"{number}. {step}" for number, step in enumerate(steps, start=2)))))
    return Node("block", tuple(_at_line(item, number) for number, item in enumerate(method.nodes, start=1)))


def _at_line(item: Node, number: int) -> Node:
    blocks = [
        Node("block", tuple(inner.at_lines(1 << number) for inner in part.nodes)) if part.op == "block" else part
        for part in item.nodes
    ]
    return item.of(tuple(blocks))


def _one_after_the_other(method: Node) -> list[list[int]]:
    """What comes out where no loop is a rule for every cell."""
    parts = [Node("for", item.args) if item.op == "for_every" else item for item in method.nodes]
    trial = Trial([GRID], [None])
    assert trial.holds(Node("block", tuple(parts)))
    found = Prepared(blame.compiled_if_followed(Node("block", tuple(parts)))).run(GRID)  # type: ignore[arg-type]
    assert found.grid is not None
    return found.grid


@pytest.mark.parametrize(
    ("wrong", "ops"), [(SPREAD, {"for_every"}), (SMEAR, {"for_every", "for_over"})], ids=["paints over", "sees others"]
)
def test_the_rule_that_is_wrong_is_found_and_the_other_one_is_not(wrong: str, ops: set[str]) -> None:
    method = _method(RECOLOUR, wrong)
    first, second = rules_of(method).values()
    assert first != second
    found = wrong_rules(method, GRID, _one_after_the_other(method))
    assert found == {Rule(op, second.last_line, second.n_loops) for op in ops}


def test_none_is_wrong_where_something_else_is() -> None:
    assert wrong_rules(_method(RECOLOUR, SMEAR), GRID, [[9]]) == frozenset()
    assert wrong_rules(read_text("1. The answer is the input."), GRID, [[9]]) == frozenset()


def test_what_cannot_be_followed_blames_no_rule() -> None:
    grid, cell = Node("name", ("the result",)), Node("pair", ("cell",))
    paint = Node("put", (Node("at", (grid, Node("name", ("cell",)))), Node("int", (3,))))
    rule = Node("for_every", (Node("cells", (cell, grid)), Node("block", (paint,))))
    assert wrong_rules(Node("block", (rule,)), GRID, GRID) == frozenset()


def test_one_wrong_rule_costs_the_others_nothing() -> None:
    code = (
        "def transform(g):\n    o = [[0] * len(g[0]) for _ in g]\n    for r in range(len(g)):\n"
        "        for c in range(len(g[0])):\n            if g[r][c] == 2:\n                o[r][c] = 3\n"
        "    for r in range(len(g)):\n        for c in range(len(g[0])):\n            if g[r][c] == 3:\n"
        "                for k in range(len(g[0])):\n                    o[r][k] = (c + k) % 5 + 1\n    return o\n"
    )
    text = told(code, [GRID])
    assert "For every cell of the input that is red (2)" in text
    assert "Painting over, for each cell of the input" in text
    assert refused(code, [GRID]) == ("every",)


def test_turns_that_paint_over_each_other_keep_their_order_where_rules_are_tried_backwards() -> None:
    method = _method(RECOLOUR, SPREAD.replace("For every", "Painting over, for each"))
    wanted = Prepared(blame.compiled_if_followed(method)).run(GRID).grid  # type: ignore[arg-type]
    assert wanted is not None
    trial = Trial([GRID], [wanted])
    assert trial.holds(method)
    assert trial.holds(method, backwards=True)
    every = _method(RECOLOUR, SPREAD)
    assert trial.holds(every)
    assert not trial.holds(every, backwards=True)


@pytest.mark.parametrize(
    "rule",
    [
        RECOLOUR,
        "For every cell of the input, the result there becomes the cell's colour.",
        "For every cell of the input that is red (2):\n   2.1. For each cell beside the cell in the input:\n"
        "      2.1.1. The result there becomes green (3).",
    ],
    ids=["one colour", "its own cell", "one colour in loops"],
)
def test_a_rule_whose_order_decides_nothing(rule: str) -> None:
    method = _method(rule)
    assert rules_of(method)
    assert order_is_free(method)


@pytest.mark.parametrize(
    "steps",
    [
        ("For every cell of the input:\n   2.1. The result at the cell right of the cell becomes the cell's colour.",),
        (SPREAD.replace("3.1", "2.1"),),
        ("The picture becomes the result.", RECOLOUR),
        ("Line A becomes row 0 of the result.", RECOLOUR),
        (
            "For every cell of the input:\n   2.1. For each number A below 3:\n"
            "      2.1.1. The result at the cell becomes number A.",
        ),
    ],
    ids=["another cell", "another cell in loops", "a second name", "a name for a row", "its own cell many times"],
)
def test_a_rule_whose_order_may_decide(steps: tuple[str, ...]) -> None:
    method = _method(*steps)
    assert rules_of(method)
    assert not order_is_free(method)
