"""A row of the phrasebook."""

from __future__ import annotations

import re
from dataclasses import dataclass

from soar2cot.engines.symbolic.language.phrase import EXPRESSION, Phrase, phrase

_HOLE = re.compile(r"\b_(\d)\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase, and the Python expressions that are read as it (`_0` is part 0).

    `sources` may be empty: then a construct of the translator or of an idiom makes it.
    """

    phrase: Phrase
    sources: tuple[str, ...] = ()


def entry(op: str, text: str, source: str = "", *also: str, run: str = "", level: int = 50) -> Entry:
    """An expression. The follower runs `run`, by default the first source itself."""
    python = run or _HOLE.sub(r"{\1}", source)
    return Entry(phrase(op, text, level, python, EXPRESSION), tuple(item for item in (source, *also) if item))


def of_category(category: str, op: str, text: str, source: str = "", *also: str, run: str = "") -> Entry:
    """A row of another category: a statement, a turn of a loop, a selection, a target."""
    python = run or _HOLE.sub(r"{\1}", source)
    return Entry(phrase(op, text, 0, python, category), tuple(item for item in (source, *also) if item))
