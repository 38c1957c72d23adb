"""From a construct to words. Brackets stand only where a reader would otherwise read something else."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from soar2cot.engines.symbolic.language.colours import colour_words
from soar2cot.engines.symbolic.language.names import PLURALS
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.phrase import EXPRESSION, TARGET, Phrase, Slot
from soar2cot.engines.symbolic.language.reader import BARE_AFTER, DIRECTIONS, Reader
from soar2cot.engines.symbolic.language.tokens import tokens
from soar2cot.engines.symbolic.phrasebook import wholes
from soar2cot.engines.symbolic.phrasebook.book import phrases
from soar2cot.engines.symbolic.phrasebook.short import RANGES

SEVERAL = wholes.SEVERAL | {
    "both",
    "part",
    "column_part",
    "whole_row",
    "whole_column",
    "items",
    *RANGES,
    "marked",
}  # become
_FEW = 2  # quantities of one noun of which each is said with it in a turn
_DIRECTION_WORDS = {step: word for word, step in DIRECTIONS.items()}


class CannotSayError(Exception):
    """The construct has no words in the language."""


_READ_AS_A_WHOLE: ContextVar[bool] = ContextVar("whether what is said here is read back as a whole", default=False)


@contextmanager
def read_as_a_whole() -> Generator[None]:
    """Nothing that is said within is read back: whoever says it reads all of it back, which is half of the reading."""
    token = _READ_AS_A_WHOLE.set(True)
    try:
        yield
    finally:
        _READ_AS_A_WHOLE.reset(token)


def say(item: Node, level: int = 0, category: str = EXPRESSION) -> list[str]:
    """The words of a construct, read back to make sure that they mean it.

    Raises: CannotSayError: no words mean exactly this.
    """
    return list(_said(item, level, category, read_back=not _READ_AS_A_WHOLE.get()))


@lru_cache(maxsize=4096)
def _said(item: Node, level: int, category: str, *, read_back: bool) -> tuple[str, ...]:
    for strict in (False, True):
        words = _say(item, level, category, strict=strict)
        if not read_back:
            return tuple(words)
        found = Reader([*words, "."]).read(0, level, category)
        if found is not None and found == (item, len(words)):
            return tuple(words)
    raise CannotSayError(f"{item.op}: {' '.join(words)}")


def _say(item: Node, level: int, category: str, *, strict: bool) -> list[str]:
    leaf = _leaf(item)
    if leaf is not None:
        return ["(", *leaf, ")"] if strict and leaf[0] == "the" and level > 0 and category == EXPRESSION else leaf
    entry = phrases().get(item.op)
    if entry is None:
        raise CannotSayError(f"{item.op} has no phrase")
    words = _fill(entry, item, strict=strict)
    if category in ("t", EXPRESSION) and item.op != "both":
        least = 50 if category == "t" else level
        if entry.level < least or (strict and level > 0 and entry.level < 100):
            return ["(", *words, ")"]
    return words


def _leaf(item: Node) -> list[str] | None:
    value = item.args[0] if item.args else None
    if item.op in ("name", "pair"):
        return str(value).split()
    if item.op == "int":
        return tokens(str(value))
    if item.op == "float":
        return [repr(value)]
    if item.op == "colour":
        return tokens(colour_words(int(str(value))))
    if item.op == "str":
        return [json.dumps(value)]
    if item.op == "run":
        return [str(item[0].args[0]), *tokens(colour_words(int(str(item[1].args[0]))))]
    if item.op == "dir":
        return [_DIRECTION_WORDS[item.args]]  # type: ignore[index]
    return None


def _fill(entry: Phrase, item: Node, *, strict: bool) -> list[str]:
    words: list[str] = []
    for piece in entry.pieces:
        if isinstance(piece, str):
            words.append("become" if piece == "becomes" and item[0].op in SEVERAL else piece)
        elif piece.category == TARGET:
            words += _target(item[piece.index], words[-1] if words else "", strict=strict)
        elif piece.rest:
            words += _fill_rest(piece, item, strict=strict)
        else:
            words += _part(item[piece.index], piece, strict=strict)
    return words


def _target(item: Node, before: str, *, strict: bool) -> list[str]:
    """What turns or a statement bind: `each cell` for `the cell`, `numbers A and B` for several of one noun."""
    parts = item.nodes if item.op == "both" else (item,)
    labels = [str(part.args[0]).split() for part in parts if part.op in ("name", "pair")]
    nouns = {label[0] for label in labels}
    if before in ("", "for") and len(labels) == len(parts) > 1 == len(nouns) and nouns != {"the"}:
        return _together(labels)
    if before in BARE_AFTER and len(labels) == len(parts) > _FEW and len(nouns) == 1 and nouns != {"the"}:
        return [labels[0][0], *_together(labels)[1:]]
    words: list[str] = []
    for number, part in enumerate(parts):
        said = (
            ["(", *_target(part, "", strict=strict), ")"]
            if part.op == "both"
            else _say(part, 50, TARGET, strict=strict)
        )
        if number:
            words.append("," if not before and number < len(parts) - 1 else "and")
        words += said[before in BARE_AFTER and said[0] == "the" :]
    return words


def _together(labels: list[list[str]]) -> list[str]:
    """`numbers A, B and C`."""
    words = [PLURALS[labels[0][0]]]
    for number, label in enumerate(labels):
        words += [] if number == 0 else ["and"] if number == len(labels) - 1 else [","]
        words.append(label[1])
    return words


def _fill_rest(slot: Slot, item: Node, *, strict: bool) -> list[str]:
    words: list[str] = []
    for number, part in enumerate(item.nodes[slot.index :]):
        if number:
            words += slot.separator
        if part.op == "both":
            words += ["(", *_say(part, 0, "t", strict=strict), ")"]
            continue
        words += _part(part, slot, strict=strict)
    return words


def _part(part: Node, slot: Slot, *, strict: bool) -> list[str]:
    if slot.category == EXPRESSION and phrases().get(part.op) and phrases()[part.op].category != EXPRESSION:
        raise CannotSayError(f"{part.op} is no expression")
    return _say(part, slot.level, slot.category, strict=strict)
