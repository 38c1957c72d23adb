"""Checks of claims about what was seen to happen at a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from soar2cot.engines.symbolic.facts.check.measure import Cell, Pairs, size
from soar2cot.engines.symbolic.facts.claims import Scope, States
from soar2cot.records import Grid


def states(scope: Scope, recorded: States) -> tuple[Grid, Grid]:
    """The grids before and after the checkpoint that the scope names. Raises: IndexError: there is none."""
    trails = recorded.trails
    if trails is None:
        raise IndexError(scope)
    trail = trails.check if scope.trail == "pair" else trails.tests[scope.index]
    return trail[scope.turn].before, trail[scope.turn].after


def _becomes_size(pairs: Pairs, old: Cell, new: Cell) -> bool:
    return [(size(a), size(b)) for a, b in pairs] == [(old, new)] and old != new


CHECKS: Mapping[str, Callable[..., bool]] = {
    "becomes_size": _becomes_size,
}
