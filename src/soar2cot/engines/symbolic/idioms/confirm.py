"""Idioms put in where following confirms them; a disagreement is reported, and the systematic words stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.idioms.library import IDIOMS
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.simplify.trees import substitute

MAX_TRIES = 12
MAX_ROUNDS = 4

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
        method = _tried(method, idiom, gives, confirmed, refused)
    return Named(method, tuple(confirmed), tuple(refused))


def _tried(method: Node, idiom: Idiom, gives: Gives, confirmed: list[str], refused: list[str]) -> Node:
    failed: set[Node] = set()
    for _ in range(MAX_ROUNDS):
        proposals = [item for item in idiom.propose(method) if item.old not in failed and item.old != item.new]
        if not proposals:
            break
        together = _put_in(method, proposals)
        if together != method and _holds(together, idiom, gives):
            confirmed += [idiom.id] * len(proposals)
            method = together
            continue
        for item in proposals[:MAX_TRIES] if len(proposals) > 1 else ():
            one = substitute(method, item.old, item.new)
            if one != method and _holds(one, idiom, gives):
                confirmed.append(idiom.id)
                method = one
            else:
                refused.append(idiom.id)
                failed.add(item.old)
        if len(proposals) == 1:
            refused.append(idiom.id)
            break
    return method


def _put_in(method: Node, proposals: list[Proposal]) -> Node:
    for item in proposals:
        method = substitute(method, item.old, item.new)
    return method


def _holds(method: Node, idiom: Idiom, gives: Gives) -> bool:
    return gives(method, False) and (not idiom.order_free or gives(method, True))
