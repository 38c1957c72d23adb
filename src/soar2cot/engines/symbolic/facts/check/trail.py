"""Checks of claims about what was seen to happen on the way, against the recorded checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.facts.check.measure import Cell, Pairs, differing, size
from soar2cot.engines.symbolic.facts.claims import Scope, States
from soar2cot.records import Grid

Span: TypeAlias = "tuple[int, int, int, int]"


def states(scope: Scope, recorded: States) -> tuple[Grid, Grid]:
    """The grids before and after the checkpoint that the scope names. Raises: IndexError: there is none."""
    point = trail_of(scope, recorded)[scope.turn]
    return point.before, point.after


def trail_of(scope: Scope, recorded: States) -> tuple[Checkpoint, ...]:
    """The trail that the scope names. Raises: IndexError: there is none."""
    trails = recorded.trails
    if trails is None:
        raise IndexError(scope)
    return trails.check if scope.trail == "pair" else trails.tests[scope.index]


def _input_of(scope: Scope, recorded: States) -> Grid:
    train, test = recorded.challenge.train, recorded.challenge.test
    return train[scope.index].input if scope.trail == "pair" else test[scope.index].input


def _becomes_size(pairs: Pairs, old: Cell, new: Cell) -> bool:
    return [(size(a), size(b)) for a, b in pairs] == [(old, new)] and old != new


def _all_one(pairs: Pairs, colour: int) -> bool:
    return all(set(row) == {colour} for row in pairs[0][1])


def _drawn(pairs: Pairs, colour: int, spans: tuple[Span, ...]) -> bool:
    before, after = pairs[0]
    cells = [cell for span in spans for cell in _cells(span)]
    wanted = {(r, c) for r, c, _, new in differing(before, after) if new == colour}
    return set(cells) == wanted and len(cells) == len(wanted)


def _cells(span: Span) -> list[Cell]:
    by_row, line, first, last = span
    return [(line, k) if by_row else (k, line) for k in range(first, last + 1)]


def _run(scope: Scope, recorded: States) -> list[Checkpoint]:
    """The checkpoints from the one named on that follow each other in the same step."""
    trail = trail_of(scope, recorded)
    step, found = trail[scope.turn].step, list[Checkpoint]()
    for point in trail[scope.turn :]:
        if point.step != step:
            break
        found.append(point)
    return found


def _turns(scope: Scope, recorded: States, n: int) -> bool:
    return len(_run(scope, recorded)) == n


def _odd_turns(scope: Scope, recorded: States, n: int) -> bool:
    return sum(odd(_run(scope, recorded))) == n


def odd(run: Sequence[Checkpoint]) -> list[bool]:
    """For each turn of a step but the last, whether it differs from the first or starts elsewhere than it ended."""
    usual, inner = _kinds(run[0]), pairwise(run[:-1])
    return [False, *(_kinds(point) != usual or point.before != last.after for last, point in inner)]


def _apart_turns(scope: Scope, recorded: States, n: int) -> bool:
    return n > 0 and sum(point.before != last.after for last, point in pairwise(_run(scope, recorded))) == n


def _kinds(point: Checkpoint) -> set[Cell]:
    if size(point.before) != size(point.after):
        return {size(point.before), size(point.after), (-1, -1)}
    return {(old, new) for _, _, old, new in differing(point.before, point.after)}


def _total_change(scope: Scope, recorded: States, n: int) -> bool:
    run = _run(scope, recorded)
    return len(differing(run[0].before, run[-1].after)) == n


def _from_input(scope: Scope, recorded: States) -> bool:
    trail = trail_of(scope, recorded)
    joins = scope.turn > 0 and trail[scope.turn].before == trail[scope.turn - 1].after
    return trail[scope.turn].before == _input_of(scope, recorded) and not joins


def _from_other(scope: Scope, recorded: States, wanted: Cell) -> bool:
    trail = trail_of(scope, recorded)
    before = trail[scope.turn].before
    last = trail[scope.turn - 1].after if scope.turn else _input_of(scope, recorded)
    return before != last and before != _input_of(scope, recorded) and size(before) == wanted


def joins(scope: Scope, recorded: States) -> bool:
    """Whether the checkpoint starts where the one before it ended, the first one from the input."""
    trail = trail_of(scope, recorded)
    last = trail[scope.turn - 1].after if scope.turn else _input_of(scope, recorded)
    return trail[scope.turn].before == last


def result(scope: Scope, recorded: States) -> Grid:
    """What the trail ends in; the input where nothing was to be done."""
    trail = trail_of(scope, recorded)
    return trail[-1].after if trail else _input_of(scope, recorded)


def _altogether(scope: Scope, recorded: States, n: int) -> bool:
    return len(differing(_input_of(scope, recorded), result(scope, recorded))) == n


def _output(scope: Scope, recorded: States) -> Grid:
    if scope.trail != "pair":
        raise IndexError(scope)
    return recorded.challenge.train[scope.index].output


def _reaches(scope: Scope, recorded: States) -> bool:
    return result(scope, recorded) == _output(scope, recorded)


def _misses(scope: Scope, recorded: States, n: int) -> bool:
    return n > 0 and len(differing(result(scope, recorded), _output(scope, recorded))) == n


def _misses_size(scope: Scope, recorded: States) -> bool:
    return size(result(scope, recorded)) != size(_output(scope, recorded))


def _rule(scope: Scope, recorded: States, step: int, text: str) -> bool:
    trails = recorded.trails
    if trails is None:
        raise IndexError(scope)
    every = (trails.check, *trails.tests)
    return any(point.step == step and point.sentence == text for trail in every for point in trail)


def _says(scope: Scope, recorded: States, step: int, text: str) -> bool:
    point = trail_of(scope, recorded)[scope.turn]
    return (point.step, point.sentence) == (step, text)


def _found(scope: Scope, recorded: States, text: str) -> bool:
    return text == "; ".join(trail_of(scope, recorded)[scope.turn].notes)


CHECKS: Mapping[str, Callable[..., bool]] = {"becomes_size": _becomes_size, "all_one": _all_one, "drawn": _drawn}

ON_TRAIL: Mapping[str, Callable[..., bool]] = {
    "rule": _rule,
    "says": _says,
    "found": _found,
    "turns": _turns,
    "odd_turns": _odd_turns,
    "apart_turns": _apart_turns,
    "total_change": _total_change,
    "from_input": _from_input,
    "from_other": _from_other,
    "altogether": _altogether,
    "reaches": _reaches,
    "misses": _misses,
    "misses_size": _misses_size,
}
