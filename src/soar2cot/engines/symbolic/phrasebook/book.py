"""The whole phrasebook, indexed."""

from __future__ import annotations

from functools import cache

from soar2cot.engines.symbolic.idioms.library import IDIOMS
from soar2cot.engines.symbolic.language.phrase import Phrase, Trie
from soar2cot.engines.symbolic.phrasebook import (
    arithmetic,
    arrays,
    chance,
    collections,
    more,
    places,
    short,
    spoken,
    statements,
    turns,
)
from soar2cot.engines.symbolic.phrasebook.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *arithmetic.ENTRIES,
    *collections.ENTRIES,
    *places.ENTRIES,
    *arrays.ENTRIES,
    *more.ENTRIES,
    *chance.ENTRIES,
    *statements.ENTRIES,
    *short.ENTRIES,
    *turns.ENTRIES,
    *spoken.ENTRIES,
    *(row for idiom in IDIOMS for row in idiom.entries),
)


@cache
def phrases() -> dict[str, Phrase]:
    """Every phrase by its construct."""
    return {item.phrase.op: item.phrase for item in ENTRIES}


@cache
def prefixes(category: str) -> Trie:
    """The phrases of a category that begin with words."""
    return Trie(item for item in phrases().values() if item.category == category and not item.infix)


@cache
def infixes(category: str) -> Trie:
    """The phrases of a category that begin with a part."""
    return Trie(item for item in phrases().values() if item.category == category and item.infix)
