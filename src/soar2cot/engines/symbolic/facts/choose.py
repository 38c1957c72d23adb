"""Which of the true facts are said: implied ones dropped, the rare ones first, the size before all."""

from __future__ import annotations

from collections.abc import Iterable

from soar2cot.engines.symbolic.facts.claims import Claim
from soar2cot.engines.symbolic.facts.predicates import PREDICATES
from soar2cot.engines.symbolic.facts.rarity import SHARE

MOST = 6
_PER_FAMILY = 2


def choose(claims: Iterable[Claim], *, most: int = MOST) -> list[Claim]:
    """The facts worth saying, at most `most`: the size first, then by rarity among tasks, rarest first."""
    left = without_implied(list(claims))
    ranked = sorted(left, key=share)
    sizes = [claim for claim in ranked if PREDICATES[claim.predicate].family == "size"]
    return sizes[:1] + _varied([claim for claim in ranked if claim not in sizes[:1]], most - len(sizes[:1]))


def without_implied(claims: list[Claim]) -> list[Claim]:
    """The claims that no other one makes superfluous."""
    implied = {name for claim in claims for name in PREDICATES[claim.predicate].implies}
    return [claim for claim in claims if claim.predicate not in implied]


def share(claim: Claim) -> float:
    """The share of tasks of which such a fact is true, 0..1, as measured on the 800 tasks."""
    return SHARE.get(claim.predicate, 0.0)


def _varied(ranked: list[Claim], most: int) -> list[Claim]:
    """The rarest ones, of each family only so many that the others have their say."""
    said: dict[str, int] = {}
    chosen: list[Claim] = []
    for claim in ranked:
        family = PREDICATES[claim.predicate].family
        if said.get(family, 0) < _PER_FAMILY and len(chosen) < most:
            said[family] = said.get(family, 0) + 1
            chosen.append(claim)
    return chosen
