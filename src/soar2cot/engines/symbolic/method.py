"""The method of a program, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soar2cot.records import Grid


@dataclass(frozen=True, slots=True)
class Method:
    """The text, and how many of its passages are literal code."""

    text: str
    unnamed: int


def write_method(code: str, inputs: Sequence[Grid], outputs: Sequence[Grid | None], *, plain: bool = False) -> Method:
    """The method as numbered sentences."""
    return Method(f"1. Do literally: {code!r}.", 1)
