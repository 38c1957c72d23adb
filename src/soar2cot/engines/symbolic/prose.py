"""What can be counted in the text of a method: its words, steps and sentences, and what should not stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_SENTENCE_WORDS = 20
STEPS = (3, 8)
_NUMBER = re.compile(r"^\s*(?:\d+\.)+\s+")
_SENTENCE_END = re.compile(r"[.:](?:\s|$)")
FORBIDDEN = {
    "literal code": re.compile(r"\bdo literally\b", re.IGNORECASE),
    "a coordinate": re.compile(r"\brow \d+, column \(?\d+|<\d+, \d+>"),
    "an identifier": re.compile(r"\b[A-Za-z]\w*_\w+|\bx\d+\b"),
    "the number of an example": re.compile(r"\b(?:pairs?|examples?|inputs?|outputs?) \d+\b", re.IGNORECASE),
    "a word about programs": re.compile(r"\b(?:code|test|program|function|variable|loop over)\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Prose:
    """Counts of one text. `found` names the kinds of FORBIDDEN that stand in it."""

    n_words: int
    n_steps: int
    sentence_words: tuple[int, ...]
    found: tuple[str, ...]

    @property
    def n_long_sentences(self) -> int:
        """Sentences of more than 20 words."""
        return sum(words > MAX_SENTENCE_WORDS for words in self.sentence_words)


def measure(text: str) -> Prose:
    """Counts of a text of numbered lines. Only the outermost numbers are steps; numbers are no words."""
    lines = text.splitlines()
    said = [_NUMBER.sub("", line) for line in lines]
    sentences = [part for line in said for part in map(str.strip, _SENTENCE_END.split(line)) if part]
    return Prose(
        n_words=sum(len(line.split()) for line in said),
        n_steps=sum(not line.startswith(" ") for line in lines),
        sentence_words=tuple(len(sentence.split()) for sentence in sentences),
        found=tuple(kind for kind, pattern in FORBIDDEN.items() if pattern.search(text)),
    )
