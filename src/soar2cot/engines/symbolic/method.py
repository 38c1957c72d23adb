"""The method of a program, in words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from soar2cot.engines.symbolic.language.layout import numbered_lines
from soar2cot.engines.symbolic.language.node import Node, bits, walk
from soar2cot.engines.symbolic.language.text import NotUnderstoodError, read_text
from soar2cot.engines.symbolic.language.writer import CannotSayError, read_as_a_whole
from soar2cot.engines.symbolic.simplify.confirmed import simplify
from soar2cot.engines.symbolic.translate.expressions import NoWordsError
from soar2cot.engines.symbolic.translate.resolve import NotPlainError, resolve
from soar2cot.engines.symbolic.translate.statements import Statements
from soar2cot.records import Grid

_UNTRANSLATED = (
    NotPlainError, NoWordsError, CannotSayError, SyntaxError, RecursionError, ValueError, TypeError, LookupError,
    AttributeError, AssertionError,
)  # fmt: skip
_LITERAL = bits(["literal"])


@dataclass(frozen=True, slots=True)
class Method:
    """The text, how many of its passages are literal code, and what had no words.

    `step_lines`: for each numbered line of the text the first and the last line of the program that it comes from,
    from 1; None where that is not known. `told` is what the text says, where every sentence of it can be followed.
    """

    text: str
    unnamed: int
    missing: Counter[str] = field(default_factory=Counter[str])
    step_lines: tuple[tuple[int, int] | None, ...] = ()
    told: Node | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How a text came about: the systematic one, and which passes made it shorter or were refused."""

    systematic: str
    kept: tuple[str, ...]
    refused: tuple[str, ...]


def write_method(
    code: str,
    inputs: Sequence[Grid],
    outputs: Sequence[Grid | None],
    *,
    plain: bool = False,
    told: Sequence[Grid] = (),
) -> Method:
    """The method as numbered sentences.

    Whatever a program holds, there is a text: what has no words stands as literal code, which no follower runs.

    Args: inputs: the grids on which a shorter text must be confirmed; outputs: what each must give, None if unknown.
          plain: the systematic text, without any pass.
          told: those inputs on which it will be told how the method runs, so that it is watched when it is confirmed.
    """
    try:
        if not plain and any(output is not None for output in outputs):  # else nothing shorter could be refused
            shortest = _shortest(code, inputs, outputs, told)
            if shortest is not None:
                return shortest
        statements = Statements(resolve(code))
        method = statements.method()
        unnamed = sum(item.op == "literal" for item in walk(method)) if method.holds(_LITERAL) else 0
        return _written(method, unnamed, statements.unnamed)
    except _UNTRANSLATED as error:
        return _literal(code, f"{type(error).__name__}: {error}"[:80])


def report(code: str, inputs: Sequence[Grid], outputs: Sequence[Grid | None]) -> Report:
    """How the text of a program comes about, for people who want to see it."""
    plain = write_method(code, inputs, outputs, plain=True)
    if plain.unnamed:
        return Report(plain.text, (), ())
    found = simplify(Statements(resolve(code)).method(), inputs, outputs)
    return Report(plain.text, found.kept, found.refused)


def _shortest(code: str, inputs: Sequence[Grid], outputs: Sequence[Grid | None], told: Sequence[Grid]) -> Method | None:
    """The simplified text where it reads back as what was meant, None where there is none."""
    method = Statements(resolve(code), checked=False).method()
    if method.holds(_LITERAL):
        return None
    try:
        simplified = simplify(method, inputs, outputs, told).method
        return _read_back(simplified)
    except _UNTRANSLATED:
        return None  # a pass made something that cannot be said: the systematic text says it


def _read_back(method: Node) -> Method | None:
    """The method written so that it is read as what it means; each part is read back only where the whole fails."""
    with read_as_a_whole():
        written = _written(method, 0, Counter())
    if not _means(written.text, method):
        written = _written(method, 0, Counter())
    return written if _means(written.text, method) else None


def _means(text: str, method: Node) -> bool:
    try:
        return read_text(text) == method
    except NotUnderstoodError:
        return False


def _written(method: Node, unnamed: int, missing: Counter[str]) -> Method:
    lines = numbered_lines(method)
    spans = tuple(_span(mask) for _, mask in lines)
    return Method("\n".join(text for text, _ in lines), unnamed, missing, spans, None if unnamed else method)


def _span(lines: int) -> tuple[int, int] | None:
    """The first and the last line of a mask, in which bit n stands for line n."""
    return ((lines & -lines).bit_length() - 1, lines.bit_length() - 1) if lines else None


def _literal(code: str, why: str) -> Method:
    text = f"1. Do literally {json.dumps(code)}."
    return Method(text, 1, Counter([why]), ((1, max(code.count("\n") + 1, 1)),))
