"""The method of a program, in words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from soar2cot.engines.symbolic.language.node import walk
from soar2cot.engines.symbolic.language.text import NotUnderstoodError, read_text, write_text
from soar2cot.engines.symbolic.language.writer import CannotSayError
from soar2cot.engines.symbolic.simplify.confirmed import simplify
from soar2cot.engines.symbolic.translate.expressions import NoWordsError
from soar2cot.engines.symbolic.translate.resolve import NotPlainError, resolve
from soar2cot.engines.symbolic.translate.statements import Statements
from soar2cot.records import Grid

_UNTRANSLATED = (
    NotPlainError, NoWordsError, CannotSayError, SyntaxError, RecursionError, ValueError, TypeError, LookupError,
    AttributeError, AssertionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Method:
    """The text, how many of its passages are literal code, and what had no words."""

    text: str
    unnamed: int
    missing: Counter[str] = field(default_factory=Counter[str])


@dataclass(frozen=True, slots=True)
class Report:
    """How a text came about: the systematic one, and which passes made it shorter or were refused."""

    systematic: str
    kept: tuple[str, ...]
    refused: tuple[str, ...]


def write_method(code: str, inputs: Sequence[Grid], outputs: Sequence[Grid | None], *, plain: bool = False) -> Method:
    """The method as numbered sentences.

    Whatever a program holds, there is a text: what has no words stands as literal code, which no follower runs.

    Args: inputs: the grids on which a shorter text must be confirmed; outputs: what each must give, None if unknown.
          plain: the systematic text, without any pass.
    """
    try:
        if not plain:
            text = _shortest(code, inputs, outputs)
            if text is not None:
                return Method(text, 0)
        statements = Statements(resolve(code))
        method = statements.method()
        unnamed = sum(item.op == "literal" for item in walk(method))
        return Method(write_text(method), unnamed, statements.unnamed)
    except _UNTRANSLATED as error:
        return _literal(code, f"{type(error).__name__}: {error}"[:80])


def report(code: str, inputs: Sequence[Grid], outputs: Sequence[Grid | None]) -> Report:
    """How the text of a program comes about, for people who want to see it."""
    plain = write_method(code, inputs, outputs, plain=True)
    if plain.unnamed:
        return Report(plain.text, (), ())
    found = simplify(Statements(resolve(code)).method(), inputs, outputs)
    return Report(plain.text, found.kept, found.refused)


def _shortest(code: str, inputs: Sequence[Grid], outputs: Sequence[Grid | None]) -> str | None:
    """The simplified text where it reads back as what was meant, None where there is none."""
    method = Statements(resolve(code), checked=False).method()
    if any(item.op == "literal" for item in walk(method)):
        return None
    try:
        simplified = simplify(method, inputs, outputs).method
        text = write_text(simplified)
        return text if read_text(text) == simplified else None
    except (*_UNTRANSLATED, NotUnderstoodError):
        return None  # a pass made something that cannot be said: the systematic text says it


def _literal(code: str, why: str) -> Method:
    return Method(f"1. Do literally {json.dumps(code)}.", 1, Counter([why]))
