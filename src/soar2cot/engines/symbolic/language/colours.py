"""Colours in words, with their number where they first stand in a text: sources disagree on which is purple."""

from __future__ import annotations

COLOURS = ("black", "blue", "red", "green", "yellow", "grey", "magenta", "orange", "light blue", "maroon")
NUMBERS: dict[tuple[str, ...], int] = {tuple(colour.split()): number for number, colour in enumerate(COLOURS)}
_FIRST = frozenset(words[0] for words in NUMBERS)


def colour_words(number: int) -> str:
    """`light blue (8)`."""
    return f"{COLOURS[number]} ({number})"


def match_colour(words: list[str], at: int) -> tuple[int, int] | None:
    """(colour, number of words) where a colour stands at `at`; its number in brackets may follow."""
    for length in (1, 2):
        number = NUMBERS.get(tuple(words[at : at + length]))
        if number is not None:
            bound = words[at + length : at + length + 3] == ["(", str(number), ")"]
            return number, length + 3 * bound
    return None


def without_numbers(words: list[str], known: set[int]) -> list[str]:
    """The words with the number of a colour only where it is not in `known`, to which all that are met are added."""
    found: list[str] = []
    at = 0
    while at < len(words):
        colour = match_colour(words, at) if words[at] in _FIRST else None
        if colour is None:
            found.append(words[at])
            at += 1
            continue
        number, length = colour
        found += words[at : at + length - 3 * (number in known)] if length > 3 else words[at : at + length]
        known.add(number)
        at += length
    return found
