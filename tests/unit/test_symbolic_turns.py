"""A step that is a loop of few turns leaves a checkpoint per turn."""

from __future__ import annotations

from itertools import pairwise

from soar2cot.challenge import Challenge, Example, Input
from soar2cot.engines.symbolic.facts import Trails, check_text, think
from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.follow.trail import MAX_TURNS
from soar2cot.records import Grid

FALL = """\
1. The result becomes a copy of the input.
2. For each number A below {turns}:
   2.1. The result at row number A, column 0 becomes red (2).
3. The answer is the result."""


def steps(text: str, grid: Grid) -> list[int]:
    return [point.step for point in follow(text, grid, record=True).trail]


def test_each_turn_is_a_checkpoint_from_where_the_last_one_ended() -> None:
    found = follow(FALL.format(turns=3), [[0, 1]] * 4, record=True)
    assert [point.step for point in found.trail] == [1, 2, 2, 2, 3]
    turns = found.trail[1:4]
    assert all(one.after == following.before for one, following in pairwise(turns))
    assert [sum(row[0] == 2 for row in point.after) for point in turns] == [1, 2, 3]


def test_many_turns_and_turns_that_change_nothing_are_one_checkpoint() -> None:
    look = (
        "1. Number B becomes 0.\n2. For each number A below 3:\n   2.1. Increase number B by 1.\n"
        "3. The answer is the input."
    )
    assert steps(look, [[0, 1]]) == [1, 2, 3]
    many = (
        f"1. For each number A below {MAX_TURNS + 1}:\n"
        "   1.1. The input at row 0, column 0 becomes number A modulo 9.\n2. The answer is the input."
    )
    assert steps(many, [[5, 1]]) == [1, 2]


def test_a_loop_is_told_by_its_first_and_last_turn_and_its_total() -> None:
    grid: Grid = [[0, 1]] * 5
    text = FALL.format(turns=5)
    output = follow(text, grid).grid
    assert output is not None
    challenge = Challenge("67a3c6ac", (Example(grid, output),), (Input(grid),))
    trail = follow(text, grid, record=True).trail
    trails = Trails(0, trail, (trail,))
    thought = think(challenge, trails, "medium")[0]
    assert check_text(thought, challenge, trails) == ()
    assert "This takes 5 turns" in thought
    assert all(part in thought for part in ("First turn:", "Last turn:", "Over all turns 5 cells changed."))


def test_an_answer_inside_a_loop_ends_the_trail() -> None:
    text = (
        "1. For each number A below 4:\n   1.1. The input at row 0, column 0 becomes number A.\n"
        "   1.2. If number A is 2, the answer is the input.\n2. The answer is the input."
    )
    found = follow(text, [[7, 1]], record=True)
    assert [point.step for point in found.trail] == [1, 1, 1]
    assert found.trail[-1].after == found.grid == [[2, 1]]
