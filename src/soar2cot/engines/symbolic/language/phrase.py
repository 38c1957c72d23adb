"""A phrase: the words of one construct, with slots. The table of phrases is the whole grammar.

A template is words and slots: `the remainder of {0} divided by {1}`. `{1:30}` asks for a part that binds at
least as tightly as 30, else the part stands in round brackets; `{1:sel}` asks for another category than an
expression; `{*1|,}` takes the remaining parts, separated by a comma; `{*1}` takes them without separator.
"""

# Values here are of any type by nature (what a method computes, what a syntax tree holds).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

EXPRESSION, STATEMENT, EACH, SELECTION, TARGET, ANY = "e", "s", "each", "sel", "t", "any"
# turns that say of how many of them something holds, by their leading words; `each cell of …` is what is gathered
SOME, NO, EVERY, OF_EACH = "some", "no", "every", "of_each"
LEADS = {SOME: ("for", "some"), NO: ("for", "no"), EVERY: ("for", "every"), OF_EACH: ("each",)}
CATEGORIES = (EXPRESSION, STATEMENT, EACH, SELECTION, TARGET, ANY, *LEADS)
TURNED = frozenset((EACH, *LEADS))  # turns
_PIECE = re.compile(r"\{[^}]*\}|[^\s{}]+")


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap: part `index`, of a category, binding at least `level`; `rest` takes all remaining parts."""

    index: int
    level: int
    category: str = EXPRESSION
    rest: bool = False
    separator: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of the construct `op`. `level`: how tightly it binds, 0 loosest. `python`: how the follower runs it.

    `infix`: whether it starts with a part, as in `{0} plus {1}`. `lead`: the words by which it is recognised, up to the
    first (infix: second) slot. `ahead`: the words that follow these, where only one category of turns can.
    """

    op: str
    category: str
    level: int
    pieces: tuple[str | Slot, ...]
    python: str = ""

    infix: bool = field(init=False)
    lead: tuple[str, ...] = field(init=False)
    ahead: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        infix = isinstance(self.pieces[0], Slot)
        words: list[str] = []
        following: Slot | None = None
        for piece in self.pieces[infix:]:
            if isinstance(piece, Slot):
                following = piece
                break
            words.append(piece)
        object.__setattr__(self, "infix", infix)
        object.__setattr__(self, "lead", tuple(words))
        object.__setattr__(self, "ahead", LEADS.get(following.category, ()) if following is not None else ())


def phrase(op: str, template: str, level: int = 50, python: str = "", category: str = EXPRESSION) -> Phrase:
    """A phrase from its template; slots without a level get the usual one of their place."""
    raw = _PIECE.findall(template)
    last = len(raw) - 1
    pieces = tuple(
        _slot(item[1:-1], level, first=index == 0, last=index == last) if item.startswith("{") else item
        for index, item in enumerate(raw)
    )
    return Phrase(op, category, level, pieces, python)


def _slot(text: str, level: int, *, first: bool, last: bool) -> Slot:
    rest = text.startswith("*")
    text, _, separator = text.lstrip("*").partition("|")
    index, _, how = text.partition(":")
    category = how if how in CATEGORIES else EXPRESSION
    if how.isdigit():
        wanted = int(how)
    elif category != EXPRESSION:
        wanted = 0
    elif first:
        wanted = level
    elif last:
        wanted = level if level >= 50 else level + 1
    else:
        wanted = 30
    return Slot(int(index), wanted, category, rest, tuple(separator.split()))


class Trie:
    """Phrases by their leading words; `matches` gives the longest first."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._root: dict[str, object] = {}
        for item in sorted(phrases, key=lambda item: len(item.pieces)):
            here: dict[str, object] = self._root
            for word in (*item.lead, *item.ahead):
                here = here.setdefault(word, {})  # type: ignore[assignment]
            here.setdefault("", []).append((item, len(item.lead)))  # type: ignore[union-attr]

    def matches(self, words: list[str], at: int) -> list[tuple[Phrase, int]]:
        """(phrase, position after its leading words), the longest lead first, of equal ones the longest phrase."""
        found: list[tuple[Phrase, int]] = []
        here: dict[str, object] | None = self._root
        start = at
        while here is not None:
            for item, n_words in here.get("", ()):  # type: ignore[union-attr]
                found.append((item, start + n_words))
            here = here.get(words[at]) if at < len(words) else None  # type: ignore[assignment]
            at += 1
        found.reverse()
        return found
