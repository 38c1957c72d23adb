"""The slots of a sentence: each kind of value as words, and back.

A kind says a value and reads it again: `read(say(value)) == value`. Colours always carry their integer here; the
text as a whole keeps the integer at the first mention only (`text.bind_once`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from soar2cot.engines.symbolic.facts.claims import Value
from soar2cot.engines.symbolic.language.colours import COLOURS

_BY_NAME = {name: colour for colour, name in enumerate(COLOURS)}
_COLOUR = r"(?:" + "|".join(sorted(COLOURS, key=len, reverse=True)) + r")(?: \(\d\))?"
_N = r"\d+"


class UnreadableError(ValueError):
    """The words name no value of this kind, or contradict themselves, as `red (3)` does."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: how it is said, what its words look like, how they are read."""

    say: Callable[[Value], str]
    pattern: str
    read: Callable[[str], Value]


def colour_word(colour: int) -> str:
    """The colour's name with its integer: `light blue (8)`."""
    return f"{COLOURS[colour]} ({colour})"


def read_colour(words: str) -> int:
    """The integer of a colour's name. Raises: UnreadableError: a name bound to another integer."""
    name, _, bound = words.partition(" (")
    colour = _BY_NAME.get(name)
    if colour is None or (bound and bound != f"{colour})"):
        raise UnreadableError(words)
    return colour


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def unlisted(words: str) -> list[str]:
    """The parts of what `listed` joined."""
    return re.split(r", | and ", words)


def _list_pattern(item: str) -> str:
    return rf"{item}(?:(?:, {item})*? and {item})?"


def counted(noun: str, plural: str | None = None) -> Kind:
    """`no cells`, `1 cell`, `2 cells`: a number with its noun."""
    many = plural or noun + "s"

    def say(value: Value) -> str:
        return f"{value or 'no'} {noun if value == 1 else many}"

    def read(words: str) -> Value:
        number = words.split(" ", 1)[0]
        n = 0 if number == "no" else int(number)
        if say(n) != words:
            raise UnreadableError(words)
        return n

    return Kind(say, rf"(?:no|{_N}) (?:{re.escape(noun)}|{re.escape(many)})", read)


def choice(words: Mapping[str, str]) -> Kind:
    """One of a few named values, each with its own words."""
    back = {text: name for name, text in words.items()}
    longest_first = sorted(back, key=len, reverse=True)
    return Kind(lambda value: words[str(value)], "|".join(map(re.escape, longest_first)), lambda text: back[text])


def choices(words: Mapping[str, str]) -> Kind:
    """Several of a few named values, in the order given there."""
    back = {text: index for index, text in enumerate(words.values())}
    texts = list(words.values())
    item = "(?:" + "|".join(map(re.escape, sorted(back, key=len, reverse=True))) + ")"
    return Kind(
        lambda value: listed([texts[index] for index in _ints(value)]),
        _list_pattern(item),
        lambda text: tuple(back[part] for part in unlisted(text)),
    )


def _ints(value: Value) -> tuple[int, ...]:
    return cast("tuple[int, ...]", value)


def _rows(value: Value) -> tuple[tuple[int, ...], ...]:
    return cast("tuple[tuple[int, ...], ...]", value)


def _say_size(value: Value) -> str:
    height, width = _ints(value)
    return f"{height} {'row' if height == 1 else 'rows'} by {width} {'column' if width == 1 else 'columns'}"


def _read_size(words: str) -> Value:
    height, width = map(int, re.findall(_N, words))
    if _say_size((height, width)) != words:
        raise UnreadableError(words)
    return height, width


def _say_times(value: Value) -> str:
    return {1: "once", 2: "twice"}.get(cast("int", value), f"{value} times")


def _read_times(words: str) -> Value:
    n = {"once": 1, "twice": 2}.get(words) or int(words.split(" ", 1)[0])
    if _say_times(n) != words:
        raise UnreadableError(words)
    return n


def _delta(n: int, noun: str) -> str:
    return f"{abs(n)} {noun if abs(n) == 1 else noun + 's'} {'more' if n > 0 else 'fewer'}"


def _say_delta(value: Value) -> str:
    rows, columns = _ints(value)
    parts = [_delta(n, noun) for n, noun in ((rows, "row"), (columns, "column")) if n]
    return listed(parts)


def _read_delta(words: str) -> Value:
    found = {"row": 0, "column": 0}
    for n, noun, sign in re.findall(r"(\d+) (row|column)s? (more|fewer)", words):
        found[noun] = int(n) if sign == "more" else -int(n)
    return found["row"], found["column"]


def _say_shift(value: Value) -> str:
    rows, columns = _ints(value)
    parts: list[str] = []
    if rows:
        parts.append(f"{abs(rows)} {'row' if abs(rows) == 1 else 'rows'} {'down' if rows > 0 else 'up'}")
    if columns:
        side = "right" if columns > 0 else "left"
        parts.append(f"{abs(columns)} {'column' if abs(columns) == 1 else 'columns'} to the {side}")
    return listed(parts)


def _read_shift(words: str) -> Value:
    rows = columns = 0
    for n, way in re.findall(r"(\d+) (?:row|column)s? (?:to the )?(down|up|left|right)", words):
        step = int(n) if way in ("down", "right") else -int(n)
        rows, columns = (step, columns) if way in ("down", "up") else (rows, step)
    return rows, columns


def _say_map(value: Value) -> str:
    return listed([f"{colour_word(a)} to {colour_word(b)}" for a, b in _rows(value)])


def _read_map(words: str) -> Value:
    pairs = (part.split(" to ") for part in unlisted(words))
    return tuple((read_colour(a), read_colour(b)) for a, b in pairs)


def _say_size_map(value: Value) -> str:
    return listed([f"{n} to {colour_word(colour)}" for n, colour in _rows(value)])


def _read_size_map(words: str) -> Value:
    parts = (part.split(" to ") for part in unlisted(words))
    return tuple((int(n), read_colour(colour)) for n, colour in parts)


def _say_counted_map(value: Value) -> str:
    return listed([f"{n} from {colour_word(a)} to {colour_word(b)}" for a, b, n in _rows(value)])


def _read_counted_map(words: str) -> Value:
    found: list[tuple[int, ...]] = []
    for part in unlisted(words):
        n, _, rest = part.partition(" from ")
        a, b = rest.split(" to ")
        found.append((read_colour(a), read_colour(b), int(n)))
    return tuple(found)


def _say_tally(value: Value) -> str:
    return listed([f"{n} {colour_word(c)} {'cell' if n == 1 else 'cells'}" for c, n in _rows(value)])


def _read_tally(words: str) -> Value:
    found: list[tuple[int, ...]] = []
    for part in unlisted(words):
        n, name = part.split(" ", 1)
        colour, _, noun = name.rpartition(" ")
        if (noun == "cell") != (n == "1"):
            raise UnreadableError(part)
        found.append((read_colour(colour), int(n)))
    return tuple(found)


def _say_span(span: tuple[int, ...]) -> str:
    by_row, line, first, last = span
    lines, places = ("row", "column") if by_row else ("column", "row")
    return f"{lines} {line} {places} {first}" if first == last else f"{lines} {line} {places}s {first} to {last}"


def _read_span(words: str) -> tuple[int, ...]:
    line, first, *last = map(int, re.findall(_N, words))
    span = (int(words.startswith("row")), line, first, *(last or [first]))
    if _say_span(span) != words:
        raise UnreadableError(words)
    return span


_SPAN = rf"(?:row {_N} column|column {_N} row)(?:s {_N} to {_N}| {_N})"
_SIZE = rf"{_N} rows? by {_N} columns?"
_DELTA = rf"{_N} (?:rows?|columns?) (?:more|fewer)"
_SHIFT = rf"{_N} (?:rows?|columns?) (?:down|up|to the left|to the right)"

KINDS: Mapping[str, Kind] = {
    "colour": Kind(lambda v: colour_word(cast("int", v)), _COLOUR, read_colour),
    "colours": Kind(
        lambda v: listed([colour_word(c) for c in _ints(v)]),
        _list_pattern(_COLOUR),
        lambda text: tuple(read_colour(part) for part in unlisted(text)),
    ),
    "n": Kind(str, _N, int),
    "cells": counted("cell"),
    "rows": counted("row"),
    "columns": counted("column"),
    "colour count": counted("colour"),
    "objects": counted("object"),
    "shapes": counted("shape"),
    "turns": counted("turn"),
    "text": Kind(str, r"(?s:.+)", str),
    "times": Kind(_say_times, rf"once|twice|{_N} times", _read_times),
    "size": Kind(_say_size, _SIZE, _read_size),
    "delta": Kind(_say_delta, _list_pattern(_DELTA), _read_delta),
    "shift": Kind(_say_shift, _list_pattern(_SHIFT), _read_shift),
    "map": Kind(_say_map, _list_pattern(f"{_COLOUR} to {_COLOUR}"), _read_map),
    "counted map": Kind(_say_counted_map, _list_pattern(f"{_N} from {_COLOUR} to {_COLOUR}"), _read_counted_map),
    "size map": Kind(_say_size_map, _list_pattern(f"{_N} to {_COLOUR}"), _read_size_map),
    "spans": Kind(
        lambda v: listed([_say_span(span) for span in _rows(v)]),
        _list_pattern(_SPAN),
        lambda text: tuple(_read_span(part) for part in unlisted(text)),
    ),
    "tally": Kind(_say_tally, _list_pattern(f"{_N} {_COLOUR} cells?"), _read_tally),
    "way": choice({"left": "to the left", "right": "to the right", "up": "up", "down": "down"}),
    "flip": choice(
        {
            "lr": "mirrored left to right",
            "ud": "mirrored top to bottom",
            "180": "turned by half a turn",
            "cw": "turned a quarter clockwise",
            "ccw": "turned a quarter counter-clockwise",
            "transpose": "mirrored along the main diagonal",
            "anti": "mirrored along the other diagonal",
        }
    ),
    "part": choice(
        {
            "top": "top half",
            "bottom": "bottom half",
            "left": "left half",
            "right": "right half",
            "top left": "top left quarter",
            "top right": "top right quarter",
            "bottom left": "bottom left quarter",
            "bottom right": "bottom right quarter",
        }
    ),
    "corner": choice(
        {
            "top left": "top left corner",
            "top right": "top right corner",
            "bottom left": "bottom left corner",
            "bottom right": "bottom right corner",
        }
    ),
    "symmetries": choices(
        {
            "lr": "left to right",
            "ud": "top to bottom",
            "transpose": "along the main diagonal",
            "anti": "along the other diagonal",
        }
    ),
    "axis": choice({"rows": "rows", "columns": "columns"}),
    "halves": choice({"rows": "top and bottom halves", "columns": "left and right halves"}),
    "joined": choice({"4": "joined by sides", "8": "joined by sides or corners"}),
    "rank": choice({"most": "largest", "least": "smallest"}),
    "often": choice({"most": "most common", "least": "least common"}),
    "logic": choice(
        {
            "and": "both halves are filled",
            "or": "at least one half is filled",
            "xor": "exactly one half is filled",
            "nor": "neither half is filled",
            "first": "only the first half is filled",
            "second": "only the second half is filled",
        }
    ),
    "dimension": choice({"height": "rows", "width": "columns"}),
    "measure": choice(
        {
            "colours": "colours",
            "shapes": "one-coloured shapes joined by sides",
            "cells": "cells",
            "largest": "cells in the largest one-coloured shape",
        }
    ),
}
