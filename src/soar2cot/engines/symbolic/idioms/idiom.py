"""What an idiom is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.phrasebook.entry import Entry

Operation = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A region of a method, and the idiom that it may be. A guess: what it claims is confirmed by following."""

    old: Node
    new: Node


@dataclass(frozen=True, slots=True)
class Idiom:
    """One entry of the library.

    Args: concepts: the words under which people know it.
          entries: its phrasings, rows of the phrasebook, read in both directions; slots are typed by their category.
          propose: finds regions of a method by their form; may guess.
          says: constructs of the rest of the phrasebook by which it is said too.
          operations: the reference operations by the names that `entries` call; all that a follower runs.
          licenses: predicates of `facts` that are worth trying where the idiom stands.
          order_free: the region must also give the same grids with its turns taken backwards.
    """

    id: str
    concepts: tuple[str, ...]
    propose: Callable[[Node], Iterable[Proposal]]
    entries: tuple[Entry, ...] = ()
    says: tuple[str, ...] = ()
    operations: Mapping[str, Operation] = field(default_factory=dict[str, Operation])
    licenses: tuple[str, ...] = ()
    order_free: bool = False

    @property
    def ops(self) -> frozenset[str]:
        """The constructs that stand for it in a method."""
        return frozenset((*(item.phrase.op for item in self.entries), *self.says))
