"""Sentences into text: capitals, full stops, and each colour bound to its integer once."""

from __future__ import annotations

import re

from soar2cot.engines.symbolic.facts.words import COLOURS

_BOUND = re.compile(r"\b(" + "|".join(sorted(COLOURS, key=len, reverse=True)) + r") \((\d)\)")


def sentence(words: str) -> str:
    """The words as a sentence: a capital first, a full stop last."""
    return f"{words[0].upper()}{words[1:]}."


def bind_once(text: str) -> str:
    """The text with each colour's integer at its first mention only."""
    seen: set[str] = set()

    def keep(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in seen:
            return name
        seen.add(name)
        return match.group(0)

    return _BOUND.sub(keep, text)
