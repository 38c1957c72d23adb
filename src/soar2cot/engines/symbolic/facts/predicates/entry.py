"""An entry of the registry of predicates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Predicate:
    """What can be claimed: its arguments and its words. `{0}`, `{1}` … in a phrasing are the slots, in order.

    Args: slots: the kinds of its arguments, by name in `words.KINDS`; where `valued`, the last is the value.
          every: phrasings for all pairs. one: phrasings for one pair, test input or step.
          implies: predicates that need not be said once this one is.
    """

    id: str
    family: str
    slots: tuple[str, ...] = ()
    valued: bool = False
    every: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()
