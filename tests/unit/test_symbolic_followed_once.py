"""What makes following cheap changes nothing in what it gives."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

import numpy as np
import pytest

from soar2cot.engines.symbolic.follow import follower
from soar2cot.engines.symbolic.follow.compiler import source
from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.follow.grids import as_grid
from soar2cot.engines.symbolic.follow.limits import CONFIRM_STEPS, numpy
from soar2cot.engines.symbolic.follow.runtime import do_copy
from soar2cot.engines.symbolic.follow.statements import python_of
from soar2cot.engines.symbolic.language import writer
from soar2cot.engines.symbolic.language.node import Node, bits, integer, name, node, rewrite
from soar2cot.engines.symbolic.language.text import read_text
from soar2cot.engines.symbolic.method import write_method
from soar2cot.engines.symbolic.prose import MAX_SENTENCE_WORDS, measure
from soar2cot.engines.symbolic.simplify import confirmed, dead, trial
from soar2cot.engines.symbolic.simplify.reduce import leave_out

PROGRAM = """\
def transform(grid):
    out = [row[:] for row in grid]
    for r in range(len(grid)):
        for c in range(len(grid[0])):
            if 0 <= r - 1 < len(grid) and grid[r - 1][c] == 3:
                out[r][c] = 4
    return out
"""
INPUTS = [[[3, 0], [0, 3], [1, 1]], [[0, 3, 0]]]
OUTPUTS = [[[3, 0], [4, 3], [1, 4]], [[0, 3, 0]]]


def test_what_was_confirmed_is_not_run_again_and_every_answer_is_a_grid_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = write_method(PROGRAM, INPUTS, OUTPUTS).text
    ran = _count_runs(monkeypatch)
    first, second = follow(text, INPUTS[0]), follow(text, INPUTS[0])
    assert ran == []
    assert first.grid == second.grid == OUTPUTS[0]
    first.grid[0][0] = 9
    assert follow(text, INPUTS[0]).grid == OUTPUTS[0]
    assert follow(text, [[3], [0], [0]]).grid == [[3], [4], [0]]
    assert len(ran) == 1


def test_more_steps_than_a_confirmation_may_take_are_taken_all_the_same() -> None:
    turns = CONFIRM_STEPS // 400 + 1
    text = (
        f"1. Number A becomes 0.\n2. For each number B below {turns}:\n   2.1. For each number C below 400:\n"
        "      2.1.1. Number A becomes number B modulo 7.\n3. The answer is [[number A]]."
    )
    found = follow(text, [[1]])
    assert found.error is None
    assert found.grid == [[(turns - 1) % 7]]
    assert found.n_steps > CONFIRM_STEPS


@pytest.mark.parametrize(
    ("value", "grid"),
    [
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]]),
        (((1, 2), [True, 4.0]), [[1, 2], [1, 4]]),
        (np.array([[1, 2]]), [[1, 2]]),
        ([np.array([1, 2]), [3, np.int64(4)]], [[1, 2], [3, 4]]),
        ([[1, 2], [3]], None),
        ([[10]], None),
        ([[-1]], None),
        ([[]], None),
        ([], None),
        ([[1] * 31], None),
        ([[1]] * 31, None),
        ([[0.5]], None),
    ],
)
def test_a_grid_is_told_from_what_is_none(value: Any, grid: Any) -> None:
    assert as_grid(value) == grid
    if grid is not None:
        assert {type(cell) for row in as_grid(value) or [] for cell in row} == {int}


def test_a_grid_that_is_given_is_not_the_one_that_was_asked_about() -> None:
    value = [[1, 2], [3, 4]]
    found = as_grid(value)
    assert found is not None
    found[0][0] = 9
    assert value == [[1, 2], [3, 4]]


def test_a_copy_keeps_what_is_one_and_the_same_row_in_the_original() -> None:
    row = [0, 0]
    shared = do_copy([row, row])
    shared[0][0] = 5
    assert shared == [[5, 0], [5, 0]]
    assert row == [0, 0]
    deep = do_copy([[[1]], [[2]]])
    deep[0][0][0] = 9
    assert deep == [[[9]], [[2]]]
    plain = [[1, 2], [3, 4]]
    copied = do_copy(plain)
    copied[0][0] = 9
    assert plain == [[1, 2], [3, 4]]
    assert do_copy(deque([1])) == deque([1])


@pytest.mark.parametrize("grid", [[[1, 2], [3, 4]], np.array([[1, 2], [3, 4]]), {(1, 0): 3, 1: {0: 3}}])
def test_a_cell_holds_the_same_in_lists_arrays_and_tables(grid: Any) -> None:
    text = source(node("at", name("picture A"), node("at_rc", integer(1), integer(0))))
    names = {**follower.namespace(follower.Budget()), "v_picture_A": grid}
    assert eval(text, {"__builtins__": {}}, names) == 3


@pytest.mark.parametrize("grid", [[[1, 2, 3], [3, 4, 5]], np.array([[1, 2, 3], [3, 4, 5]])])
def test_a_place_lies_inside_where_it_has_a_cell(grid: Any) -> None:
    def inside(row: int, column: int) -> bool:
        place = node("at_rc", integer(row), integer(column))
        text = source(node("inside", place, name("picture A")))
        names = {**follower.namespace(follower.Budget()), "v_picture_A": grid}
        return bool(eval(text, {"__builtins__": {}}, names))

    found = {(row, column) for row in range(-1, 4) for column in range(-1, 5) if inside(row, column)}
    assert found == {(row, column) for row in range(2) for column in range(3)}


def test_a_pass_leaves_trees_alone_that_hold_nothing_it_can_change() -> None:
    seen: Counter[str] = Counter()

    def change(item: Node) -> Node:
        seen[item.op] += 1
        return integer(7) if item.op == "half" else item

    left, right = node("plus", integer(1), integer(2)), node("minus", node("half", integer(4)), integer(1))
    found = rewrite(node("times", left, right), change, bits(["half"]))
    assert found == node("times", left, node("minus", integer(7), integer(1)))
    assert found[0] is left
    assert seen == Counter(["half", "minus", "times"])


def test_halves_that_begin_alike_do_not_make_the_same_pass_twice() -> None:
    made: list[str] = []

    def wrong(method: Node, inputs: object) -> Node:
        made.append("wrong")
        return node("block", node("answer", integer(1)))

    def same(method: Node, inputs: object) -> Node:
        made.append("same")
        return method

    method = node("block", node("answer", name("the input")))
    found = confirmed._Confirmed(trial.Trial([[[2]]], [[[2]]]), [[[2]]])
    passes = (("first", same), ("second", same), ("third", wrong), ("fourth", same))
    assert found.passes(method, passes) == method
    assert made.count("wrong") == 1
    assert (found.kept, found.refused) == (["first", "second", "fourth"], ["third"])


def test_only_the_turns_of_a_rule_for_every_cell_are_taken_backwards_and_not_what_its_head_gathers() -> None:
    cell, grid = Node("pair", ("cell A",)), name("the input")
    table = Node("grouped", (cell, node("at", grid, cell), node("each", cell, node("all_cells", grid))))
    painted = node("put", node("at", grid, cell), integer(1))
    loop = node("for_every", node("each", cell, table), node("block", painted))
    text, _ = python_of(node("block", loop, node("answer", grid)))
    assert text.count(" in E(") == 1
    assert text.count(" in T(") == 1


def test_what_cannot_be_confirmed_is_settled_all_the_same() -> None:
    long = " and ".join(f"g[r][c] != g[r][{column}] + {column}" for column in range(9))
    code = f"def transform(g):\n    r, c = 0, 1\n    if {long}:\n        return [[1]]\n    return g\n"
    inputs = [[list(range(9))]]
    confirmed_text = write_method(code, inputs, [[[1]]]).text
    other_text = write_method(code, inputs, [[[7]]]).text
    for text in (confirmed_text, other_text):
        assert max(measure(text).sentence_words) <= MAX_SENTENCE_WORDS


def test_a_program_that_takes_too_many_steps_to_be_confirmed_is_followed_once_for_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = (
        "def transform(g):\n    n = 0\n    h = len(g)\n    for i in range(700):\n        for j in range(700):\n"
        "            n += i * j\n    return [[n % 7] * h]\n"
    )
    ran: list[int] = []
    run = follower.Prepared.run

    def counting(*args: Any, **named: Any) -> follower.Following:
        found = run(*args, **named)
        ran.append(found.n_steps)
        return found

    monkeypatch.setattr(follower.Prepared, "run", counting)
    wanted = [[sum(i * j for i in range(700) for j in range(700)) % 7] * 2]
    text = write_method(code, [[[1], [1]]], [wanted]).text
    assert len(ran) == 1
    assert CONFIRM_STEPS < ran[0] < CONFIRM_STEPS + 1000
    assert follow(text, [[1], [1]]).grid == wanted


def test_what_only_one_grid_speaks_against_is_found_out_though_nothing_can_be_left_out() -> None:
    method = node("block", node("answer", name("the input")))
    asked = trial.Trial([[[1]], [[1, 2]]], [[[1]], [[2, 1]]])
    assert leave_out(method, asked) == method
    assert not asked.holds(method)
    assert leave_out(method, trial.Trial([[[1]], [[1, 2]]], [[[3]], [[1, 2]]])) is None
    assert confirmed.simplify(method, [[[1]], [[1, 2]]], [[[1]], [[2, 1]]]).kept == ()


def _count_runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    ran: list[Any] = []
    run = follower.Prepared.run
    monkeypatch.setattr(follower.Prepared, "run", lambda *args, **named: ran.append(args) or run(*args, **named))
    return ran


def test_what_is_watched_when_it_is_confirmed_is_told_without_following_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = write_method(PROGRAM, INPUTS, OUTPUTS, told=INPUTS[:1]).text
    ran = _count_runs(monkeypatch)
    told = follow(text, INPUTS[0], record=True)
    assert ran == []
    assert told.trail[-1].after == told.grid == OUTPUTS[0]
    assert follow(text, INPUTS[0], record=True).trail == told.trail  # it is kept until it is told, then made again
    assert len(ran) == 1
    assert follow(text, INPUTS[1], record=True).trail[-1].after == OUTPUTS[1]


def test_where_the_small_grids_reach_everything_the_large_ones_are_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    one = node("eq", node("item", node("item", name("the input"), integer(0)), integer(0)), integer(1))
    answer = node("block", node("answer", name("the input")))
    chosen = node("block", node("if", one, answer), node("answer", name("the input")))
    ran = _count_runs(monkeypatch)
    assert dead.drop_dead(chosen, [[[0] * 9], [[1]], [[2, 0]]]) == chosen
    assert len(ran) == 2
    assert dead.drop_dead(chosen, [[[0] * 9], [[3]], [[2, 0]]]) == node("block", node("answer", name("the input")))
    assert len(ran) == 5


@pytest.mark.parametrize(
    ("item", "python"),
    [
        (node("sum", node("plus", node("length", name("the list")), integer(1))), "sum(len(v_list) + 1)"),
        (
            node("items", name("the list"), node("from", node("minus", name("the number"), integer(1)))),
            "(v_list[(v_number - 1):])",
        ),
        (node("list", Node("dir", (0, -1)), integer(-1)), "[(0, -1), (-1)]"),
    ],
)
def test_brackets_are_left_out_only_where_commas_or_brackets_end_a_part(item: Node, python: str) -> None:
    assert source(item) == python


def test_what_is_all_that_a_needed_loop_does_is_not_tried_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    method = read_text(
        "1. The result becomes a copy of the input.\n2. For each cell of the result:\n"
        "   2.1. If the input at the cell is 3:\n      2.1.1. The result at the cell becomes 4.\n"
        "3. The answer is the result."
    )
    tried: list[int | None] = []
    passes = trial.Trial.passes

    def counted(self: trial.Trial, prepared: Any, *, steps: int | None = None, most: int | None = None) -> Any:
        tried.append(most)
        return passes(self, prepared, steps=steps, most=most)

    monkeypatch.setattr(trial.Trial, "passes", counted)
    assert leave_out(method, trial.Trial([[[3, 1]]], [[[4, 1]]])) == method
    assert tried == [1, None]  # as it stands, and without the loop


def test_a_loop_whose_own_name_is_asked_for_later_stays_and_what_it_does_goes() -> None:
    method = read_text(
        "1. The result becomes a copy of the input.\n2. For each number A below 3:\n"
        "   2.1. The result at row 0, column 0 becomes 1.\n"
        "3. The result at row 0, column 0 becomes number A.\n4. The answer is the result."
    )
    shorter = leave_out(method, trial.Trial([[[3, 1]]], [[[2, 1]]]))
    assert shorter is not None
    assert [part.op for part in shorter.nodes] == ["let", "for", "put", "answer"]
    assert shorter[1][1] == Node("block")


def test_a_method_that_fails_where_another_one_failed_is_wrong_and_nothing_else_is_sure() -> None:
    same, wrong = node("block", node("answer", name("the input"))), node("block", node("answer", Node("list")))
    asked = trial.Trial([[[1]], [[2, 2]]], [[[1]], [[3, 3]]])
    assert asked.may_hold(same)
    assert not asked.holds(same)
    assert not asked.may_hold(same)
    assert not asked.may_hold(wrong)


def test_the_names_of_a_construct_are_counted() -> None:
    label = name("value A")
    assert node("plus", label, label).names == Counter({label: 2})
    assert label.names == Counter({label: 1})
    assert integer(1).names == Counter()


def test_words_that_mean_something_else_are_found_when_the_whole_text_is_read_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = writer._say

    def careless(item: Node, level: int, category: str, *, strict: bool) -> list[str]:
        item = Node("colour", (2,)) if item == Node("colour", (4,)) and not strict else item
        return said(item, level, category, strict=strict)

    writer._said.cache_clear()
    monkeypatch.setattr(writer, "_say", careless)
    text = write_method(PROGRAM, INPUTS, OUTPUTS).text
    writer._said.cache_clear()
    assert "yellow (4)" in text
    assert follow(text, INPUTS[0]).grid == OUTPUTS[0]


def test_a_construct_of_its_own_parts_is_itself() -> None:
    item = node("plus", integer(1), integer(2)).at_lines(4)
    assert item.of(item.args) is item
    assert item.of((integer(1), item[1])) is not item
    assert item.of((integer(3), item[1])).lines == 4


def test_a_loop_over_numbers_takes_as_many_steps_as_it_has_turns_forwards_and_backwards() -> None:
    text = (
        "1. The result becomes a copy of the input.\n2. For every number A below 3:\n"
        "   2.1. The result at row 0, column number A becomes number A.\n3. The answer is the result."
    )
    method = read_text(text)
    code = follower.compiled(method)
    found = follower.run(code, [[9, 9, 9]])
    assert found.grid == [[0, 1, 2]]
    assert found.n_steps == 3
    taken: list[int] = []
    backwards = {"B": lambda rule, *parts: taken.extend(found := [*reversed(range(*parts))]) or found}
    assert follower.run(code, [[9, 9, 9]], names=backwards).grid == [[0, 1, 2]]
    assert taken == [2, 1, 0]


@pytest.mark.parametrize("label", ["all", "any"])
@pytest.mark.parametrize(
    "array", [np.zeros((2, 2)), np.array([[1, 2]]), np.zeros(0), np.array([0, 1], object), [[0, 1]]]
)
def test_whether_all_or_any_cells_hold_is_told_as_numpy_tells_it(label: str, array: Any) -> None:
    ask = getattr(numpy(), label)
    wanted = getattr(np, label)(array)
    assert ask(array) == wanted
    assert ask(array).__class__ is wanted.__class__
    assert np.array_equal(ask(array, axis=0), getattr(np, label)(array, axis=0))
