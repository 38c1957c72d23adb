"""Finds names that are always a row and its column: two halves of one cell."""

from __future__ import annotations

import ast

from soar2cot.engines.symbolic.translate.kinds import Kinds


def find_pairs(
    items: list[ast.stmt], kinds: Kinds, functions: dict[str, ast.FunctionDef]
) -> dict[tuple[str, str], str]:
    """(row, column) and the noun for both together."""
    return {}
