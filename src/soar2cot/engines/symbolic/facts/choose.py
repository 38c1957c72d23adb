"""Which of the true facts are said: implied ones dropped, the rare ones first, the size before all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from soar2cot.engines.symbolic.facts.claims import Claim
from soar2cot.engines.symbolic.facts.predicates import PREDICATES
from soar2cot.engines.symbolic.facts.rarity import SHARE

MOST = 5
_PER_FAMILY = 2
_ENOUGH = 3
_COMMON = 0.25
_SIZES = (
    "no_change",
    "both_size",
    "same_size",
    "two_sizes",
    "times_both",
    "times_size",
    "part_both",
    "part_size",
    "swapped_size",
    "output_size",
    "size_delta",
    "output_height",
    "output_width",
    "size_measure",
    "square_output",
    "same_height",
    "same_width",
    "smaller",
    "larger",
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is said: the frame in one sentence (size, background), then the other facts, the rarest first."""

    frame: list[Claim]
    facts: list[Claim]

    @property
    def claims(self) -> list[Claim]:
        """All of them."""
        return [*self.frame, *self.facts]


def choose(claims: Iterable[Claim], *, most: int = MOST) -> Chosen:
    """The facts worth saying, at most `most` besides the frame."""
    ranked = sorted(without_implied(list(claims)), key=share)
    sizes = sorted((claim for claim in ranked if claim.predicate in _SIZES), key=lambda c: _SIZES.index(c.predicate))
    ground = [claim for claim in ranked if claim.predicate == "background"]
    frame = sizes[:1] + ground
    rest = _varied([claim for claim in ranked if claim not in frame], most)
    return Chosen(frame, _with_changes(rest, ranked, most))


def without_implied(claims: list[Claim]) -> list[Claim]:
    """The claims that no other one makes superfluous."""
    implied = {name for claim in claims for name in PREDICATES[claim.predicate].implies}
    return [claim for claim in claims if claim.predicate not in implied]


def share(claim: Claim) -> float:
    """The share of tasks of which such a fact is true, 0..1, as measured on the 800 tasks."""
    return SHARE.get(claim.predicate, 0.0)


def _with_changes(chosen: list[Claim], ranked: list[Claim], most: int) -> list[Claim]:
    """The chosen ones, with what changes to what among them: nobody would leave that out."""
    changes = [claim for claim in ranked if claim.predicate == "change_map" and claim not in chosen]
    return sorted(chosen[: most - len(changes)] + changes, key=share)


def _varied(ranked: list[Claim], most: int) -> list[Claim]:
    """The rarest ones, of each family only so many that the others have their say."""
    said: dict[str, int] = {}
    chosen: list[Claim] = []
    for claim in ranked:
        family = PREDICATES[claim.predicate].family
        dull = share(claim) > _COMMON and len(chosen) >= _ENOUGH
        if said.get(family, 0) < _PER_FAMILY and len(chosen) < most and not dull:
            said[family] = said.get(family, 0) + 1
            chosen.append(claim)
    return chosen
