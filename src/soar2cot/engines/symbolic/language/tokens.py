"""Words and marks: from text to tokens and back, with nothing lost."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""\s*("(?:[^"\\]|\\.)*"|'s(?![A-Za-z])|-?\d+\.\d+(?:e[+-]?\d+)?|-?\d+(?:e[+-]?\d+)?|[A-Za-z][A-Za-z-]*|[^\sA-Za-z0-9])"""
)
_NO_SPACE_BEFORE = frozenset((",", ".", ";", ":", ")", "]", ">", "'s"))
_NO_SPACE_AFTER = frozenset(("(", "[", "<"))


def tokens(text: str) -> list[str]:
    """The words, numbers and marks of a text."""
    return _TOKEN.findall(text)


def join(words: list[str]) -> str:
    """The words as a sentence would be typed."""
    parts: list[str] = []
    glue = True
    for word in words:
        if not glue and word not in _NO_SPACE_BEFORE:
            parts.append(" ")
        parts.append(word)
        glue = word in _NO_SPACE_AFTER
    return "".join(parts)


def length(words: list[str]) -> int:
    """How many words a reader counts in `join(words)`: marks stand at words, not for themselves."""
    n_words = 0
    glue = False
    for word in words:
        n_words += not glue and word not in _NO_SPACE_BEFORE
        glue = word in _NO_SPACE_AFTER
    return n_words
