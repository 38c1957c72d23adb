"""Whether a claim is true: re-evaluated on the recorded states with measures of its own.

Nothing here is shared with the finder or with the words, so that a slip there cannot hide here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from soar2cot.engines.symbolic.facts.check import change, objects, palette, pattern, sizes, trail, whole
from soar2cot.engines.symbolic.facts.claims import Claim, States
from soar2cot.records import Grid

Pairs: TypeAlias = "list[tuple[Grid, Grid]]"
Check: TypeAlias = Callable[..., bool]

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        **sizes.CHECKS,
        **palette.CHECKS,
        **change.CHECKS,
        **whole.CHECKS,
        **objects.CHECKS,
        **pattern.CHECKS,
        **trail.CHECKS,
    }
)


def holds(claim: Claim, states: States) -> bool:
    """Whether the claim is true of the recorded states; a claim that does not fit them is false."""
    values: tuple[Any, ...] = claim.args if claim.value is True else (*claim.args, claim.value)
    try:
        if claim.predicate in trail.ON_TRAIL:
            return trail.ON_TRAIL[claim.predicate](claim.scope, states, *values)
        return CHECKS[claim.predicate](_pairs(claim, states), *values)
    except (IndexError, KeyError, TypeError, ValueError):
        return False


def _pairs(claim: Claim, states: States) -> Pairs:
    """The grids, before and after, that the scope names. Raises: IndexError: there are none."""
    scope, train = claim.scope, states.challenge.train
    if min(scope.index, scope.turn) < 0:
        raise IndexError(scope)
    if scope.where == "pairs":
        return [(pair.input, pair.output) for pair in train]
    if scope.where == "pair":
        return [(train[scope.index].input, train[scope.index].output)]
    if scope.where == "test":
        grid = states.challenge.test[scope.index].input
        return [(grid, grid)]
    return [trail.states(scope, states)]
