"""Idioms put in where following confirms them; a disagreement is reported, and the systematic words stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.idioms.library import IDIOMS
from soar2cot.engines.symbolic.idioms.roles import name_roles
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.simplify.leftovers import drop_leftovers
from soar2cot.engines.symbolic.simplify.procedures import inline_once, inline_rules
from soar2cot.engines.symbolic.simplify.tidy import drop_sets, drop_unused, inline_single
from soar2cot.engines.symbolic.simplify.trees import substitute

MAX_TRIES = 12

# (method, turns of order-free regions taken backwards) -> whether every known grid comes out
Gives = Callable[[Node, bool], bool]


@dataclass(frozen=True, slots=True)
class Named:
    """The method with its idioms, and the ids of those that were confirmed or refused, one for each region."""

    method: Node
    confirmed: tuple[str, ...]
    refused: tuple[str, ...]


def name_idioms(method: Node, gives: Gives, *, library: tuple[Idiom, ...] = IDIOMS) -> Named:
    """Tries every idiom of the library, in its order, at every region that looks like it."""
    confirmed: list[str] = []
    refused: list[str] = []
    for idiom in library:
        named = _Search(idiom, gives, confirmed, refused).tried(method)
        method = _tidied(named, gives) if named != method else method  # what a search marked is in no later one's way
    return Named(name_roles(method), tuple(confirmed), tuple(refused))


def _tidied(method: Node, gives: Gives) -> Node:
    """Without what the idioms made idle, as far as that is confirmed."""
    for drop in (_all_idle, drop_leftovers, drop_unused):
        shorter = inline_single(drop(method))
        if shorter == method or gives(shorter, False):
            return shorter
    return method


def _all_idle(method: Node) -> Node:
    """Without leftovers, sets that are only gone through, and procedures that are short now, or done once."""
    return inline_once(inline_rules(drop_leftovers(drop_sets(method))))


@dataclass
class _Search:
    """One idiom on one method: all its proposals at once where that holds, else one after the other."""

    idiom: Idiom
    gives: Gives
    confirmed: list[str]
    refused: list[str]
    tries: int = MAX_TRIES

    def tried(self, method: Node) -> Node:
        """The method with the idiom wherever it was confirmed."""
        failed: set[Proposal] = set()
        while self.tries > 0:
            proposals = [item for item in self.idiom.propose(method) if item not in failed and item.old != item.new]
            if not proposals:
                break
            together = _put_in(method, proposals)
            if len(proposals) > 1 and not failed and self._holds(together):
                self.confirmed += [self.idiom.id] * len(proposals)
                method = together
                continue
            one = _put_in(method, proposals[:1])
            if one != method and self._holds(one):
                self.confirmed.append(self.idiom.id)
                method = one
            else:
                self.refused.append(self.idiom.id)
                failed.add(proposals[0])
        return method

    def _holds(self, method: Node) -> bool:
        self.tries -= 1
        return self.gives(method, False) and (not self.idiom.order_free or self.gives(method, True))


def _put_in(method: Node, proposals: list[Proposal]) -> Node:
    for item in proposals:
        method = substitute(method, item.old, item.new)
    return method
