"""Sentences into text: capitals, full stops, and each colour bound to its integer once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from soar2cot.engines.symbolic.facts.words import COLOURS

_BOUND = re.compile(r"\b(" + "|".join(sorted(COLOURS, key=len, reverse=True)) + r") \((\d)\)")

RULE = "Rule. Rows and columns are counted from 0."


def sentence(words: str) -> str:
    """The words as a sentence: a capital first, a full stop last."""
    return f"{words[0].upper()}{words[1:]}."


def bind_once(parts: Iterable[tuple[str, bool]]) -> str:
    """The parts joined by line ends, with each colour's integer at its first mention only.

    Parts marked True are quoted: they stay as they are, though their mentions count.
    """
    seen: set[str] = set()

    def keep(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in seen:
            return name
        seen.add(name)
        return match.group(0)

    lines: list[str] = []
    for text, quoted in parts:
        bound = "(" in text  # most lines are grids or name no colour
        lines.append(_BOUND.sub(keep, text) if bound and not quoted else text)
        if bound and quoted:
            seen.update(name for name, _ in _BOUND.findall(text))
    return "\n".join(lines)


def lowered(words: str) -> str:
    """The words as they stand within a sentence."""
    return f"{words[0].lower()}{words[1:]}"
