"""The method of a program, in words."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from soar2cot.engines.symbolic.language.node import Node, walk
from soar2cot.engines.symbolic.language.text import NotUnderstoodError, read_text, write_text
from soar2cot.engines.symbolic.language.writer import CannotSayError
from soar2cot.engines.symbolic.simplify.confirmed import simplify
from soar2cot.engines.symbolic.translate.resolve import NotPlainError, resolve
from soar2cot.engines.symbolic.translate.statements import Statements
from soar2cot.records import Grid


@dataclass(frozen=True, slots=True)
class Method:
    """The text, how many of its passages are literal code, and what had no words."""

    text: str
    unnamed: int
    missing: Counter[str] = field(default_factory=Counter[str])


def write_method(code: str, inputs: Sequence[Grid], outputs: Sequence[Grid | None], *, plain: bool = False) -> Method:
    """The method as numbered sentences."""
    try:
        statements = Statements(resolve(code))
        method = statements.method()
    except (NotPlainError, SyntaxError, RecursionError) as error:
        return _literal(code, str(error))
    unnamed = any(item.op == "literal" for item in walk(method))
    if not plain and not unnamed:
        return Method(_shortest(method, inputs, outputs), 0)
    text = write_text(method)
    return Method(text, sum(statements.unnamed.values()), statements.unnamed)


def _shortest(method: Node, inputs: Sequence[Grid], outputs: Sequence[Grid | None]) -> str:
    """The simplified text where it reads back as what was meant, else the systematic one."""
    simplified = simplify(method, inputs, outputs).method
    try:
        text = write_text(simplified)
        if read_text(text) == simplified:
            return text
    except (CannotSayError, NotUnderstoodError):
        pass
    return write_text(method)


def _literal(code: str, why: str) -> Method:
    return Method(f"1. Do literally {json.dumps(code)}.", 1, Counter([why]))


__all__ = ["Method", "Node", "ast", "write_method"]
