"""Colours in words, always with their number: sources disagree on which is purple."""

from __future__ import annotations

COLOURS = ("black", "blue", "red", "green", "yellow", "grey", "magenta", "orange", "light blue", "maroon")
NUMBERS: dict[tuple[str, ...], int] = {tuple(colour.split()): number for number, colour in enumerate(COLOURS)}


def colour_words(number: int) -> str:
    """`light blue (8)`."""
    return f"{COLOURS[number]} ({number})"


def match_colour(words: list[str], at: int) -> tuple[int, int] | None:
    """(colour, number of words) where a bound colour stands at `at`: its words, then its number in brackets."""
    for length in (1, 2):
        number = NUMBERS.get(tuple(words[at : at + length]))
        if number is not None and words[at + length : at + length + 3] == ["(", str(number), ")"]:
            return number, length + 3
    return None
