"""Any puzzle can be analysed and thought through, and what is written is true when it is read back."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soar2cot.challenge import Challenge, Example, Input
from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.facts import Trails, analyse, check_pair, check_text, think
from soar2cot.engines.symbolic.facts.check import holds
from soar2cot.engines.symbolic.facts.claims import Scope, States
from soar2cot.engines.symbolic.facts.find import find_all
from soar2cot.engines.symbolic.facts.find.view import Views
from soar2cot.engines.symbolic.facts.sentences import read, render
from soar2cot.engines.symbolic.facts.words import KINDS
from soar2cot.records import Grid

RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def grids(draw: st.DrawFn, size: tuple[int, int] | None = None) -> Grid:
    """A grid of a few colours: random cells, or stripes and blocks, so that facts are true now and then."""
    height, width = size or (draw(st.integers(1, 5)), draw(st.integers(1, 5)))
    colours = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    pick = st.sampled_from(colours)
    kind = draw(st.sampled_from(["random", "stripes", "block", "plain"]))
    if kind == "random":
        return draw(st.lists(st.lists(pick, min_size=width, max_size=width), min_size=height, max_size=height))
    if kind == "stripes":
        return [[colour] * width for colour in draw(st.lists(pick, min_size=height, max_size=height))]
    ground, other = draw(pick), draw(pick)
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    inside = other if kind == "block" else ground
    return [[inside if r >= top and c >= left else ground for c in range(width)] for r in range(height)]


def changed(grid: Grid, how: int) -> Grid:
    """A grid made from another in one of several ways."""
    ways = [
        lambda g: [row[::-1] for row in g],
        lambda g: [list(column) for column in zip(*g, strict=True)],
        lambda g: [row * 2 for row in g] * 2,
        lambda g: [[(x + 1) % 10 for x in row] for row in g],
        lambda g: [sorted(row) for row in g],
        lambda g: [list(row) for row in g],
        lambda g: [row[: max(1, len(row) // 2)] for row in g],
        lambda g: [[x for x in row for _ in (0, 1)] for row in g for _ in (0, 1)],
    ]
    return ways[how % len(ways)](grid)


@st.composite
def challenges(draw: st.DrawFn) -> Challenge:
    """A puzzle whose outputs are random, or all made from their inputs in one way."""
    inputs = draw(st.lists(grids(), min_size=1, max_size=4))
    how = draw(st.integers(-3, 7))
    outputs = [changed(grid, how) if how >= 0 else draw(grids()) for grid in inputs]
    tests = draw(st.lists(grids(), min_size=1, max_size=2))
    train = tuple(Example(a, b) for a, b in zip(inputs, outputs, strict=True))
    return Challenge("a1b2c3d4", train, tuple(Input(grid) for grid in tests))


@st.composite
def trails(draw: st.DrawFn, start: Grid) -> tuple[Checkpoint, ...]:
    """Steps and turns from a grid on, most of them joining on, some not."""
    points: list[Checkpoint] = []
    grid, step = start, 1
    for _ in range(draw(st.integers(0, 5))):
        size = (len(grid), len(grid[0]))
        before = draw(st.sampled_from([grid, grid, grid, start]))
        after = draw(
            st.one_of(grids(size), st.just(before), st.integers(0, 5).map(lambda how, g=before: changed(g, how)))
        )
        notes = draw(st.sampled_from([(), ("the width is 7",), ("2 shapes; all red (2)", "9 turns")]))
        points.append(Checkpoint(step, f"Do what step {step} says with red (2).", before, after, notes))
        grid = after if max(len(after), len(after[0])) <= 15 else start
        step += draw(st.integers(0, 1))
    return tuple(points)


@RELAXED
@given(challenges())
def test_every_fact_found_is_true_for_the_checker(challenge: Challenge) -> None:
    false = [claim for claim in find_all(Views(challenge)) if not holds(claim, States(challenge))]
    assert false == []


@RELAXED
@given(challenges())
def test_an_analysis_is_written_for_any_puzzle_and_reads_back_true(challenge: Challenge) -> None:
    text = analyse(challenge)
    assert text == analyse(challenge)
    assert check_text(text, challenge) == ()


@RELAXED
@given(challenges())
def test_every_fact_reads_back_as_itself_in_every_wording(challenge: Challenge) -> None:
    for claim in find_all(Views(challenge)):
        for variant in (0, 1):
            assert claim in read(render(claim, variant=variant), Scope("pairs"))


@RELAXED
@given(st.data(), challenges(), st.sampled_from(["short", "medium", "full"]))
def test_a_chain_of_thought_is_told_of_any_trail_and_reads_back_true(
    data: st.DataObject, challenge: Challenge, length: str
) -> None:
    pair = check_pair(challenge)
    check = data.draw(trails(challenge.train[pair].input))
    recorded = Trails(pair, check, tuple(data.draw(trails(item.input)) for item in challenge.test))
    texts = think(challenge, recorded, length)
    assert len(texts) == len(challenge.test)
    for index, text in enumerate(texts):
        assert check_text(text, challenge, recorded, test=index) == ()


VALUES = {
    "colour": st.integers(0, 9),
    "colours": st.lists(st.integers(0, 9), min_size=1, max_size=5).map(tuple),
    "n": st.integers(0, 900),
    "cells": st.integers(0, 900),
    "size": st.tuples(st.integers(1, 30), st.integers(1, 30)),
    "delta": st.tuples(st.integers(-29, 29), st.integers(-29, 29)).filter(any),
    "shift": st.tuples(st.integers(-29, 29), st.integers(-29, 29)).filter(any),
    "map": st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=4).map(tuple),
    "counted map": st.lists(st.tuples(*[st.integers(0, 9)] * 2, st.integers(1, 900)), min_size=1, max_size=4).map(
        tuple
    ),
    "size map": st.lists(st.tuples(st.integers(1, 99), st.integers(0, 9)), min_size=1, max_size=4).map(tuple),
    "tally": st.lists(st.tuples(st.integers(0, 9), st.integers(1, 900)), min_size=1, max_size=4).map(tuple),
    "spans": st.lists(
        st.tuples(st.integers(0, 1), st.integers(1, 30), st.integers(1, 30), st.integers(0, 5)).map(
            lambda span: (span[0], span[1], span[2], span[2] + span[3])
        ),
        min_size=1,
        max_size=5,
    ).map(tuple),
}


@RELAXED
@given(st.data(), st.sampled_from(sorted(VALUES)))
def test_a_value_in_words_reads_back(data: st.DataObject, kind: str) -> None:
    value = data.draw(VALUES[kind])
    assert KINDS[kind].read(KINDS[kind].say(value)) == value
