"""The method of a program, in words."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.text import write_text
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
    text = write_text(method)
    return Method(text, sum(statements.unnamed.values()), statements.unnamed)


def _literal(code: str, why: str) -> Method:
    return Method(f"1. Do literally {json.dumps(code)}.", 1, Counter([why]))


__all__ = ["Method", "Node", "ast", "write_method"]
