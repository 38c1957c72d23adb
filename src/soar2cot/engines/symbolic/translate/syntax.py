"""Walking Python's syntax trees: `ast.walk` without what no walk here asks for (operators, reading or binding)."""

from __future__ import annotations

import ast
from functools import cache
from typing import cast

_LEAVES = frozenset((ast.Name, ast.Constant))
_NO_PARTS = frozenset(
    (
        "ctx", "op", "ops", "kind", "type_comment", "type_ignores",
        "id", "arg", "attr", "name", "asname", "module", "level", "rest", "simple", "is_async", "conversion",
    )
)  # fmt: skip


def children(item: ast.AST) -> list[ast.AST]:
    """The expressions, statements and the like that a construct is made of, in their order."""
    found: list[ast.AST] = []
    for label in fields(item.__class__):
        value = getattr(item, label, None)
        if value.__class__ is list:
            found += [part for part in cast("list[object]", value) if isinstance(part, ast.AST)]
        elif value is not None and isinstance(value, ast.AST):
            found.append(value)
    return found


def everything(root: ast.AST) -> list[ast.AST]:
    """The construct and all its parts, those nearer to it first."""
    found = [root]
    for item in found:
        if item.__class__ not in _LEAVES:
            found += children(item)
    return found


@cache
def fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Where constructs of this kind can hold others."""
    if kind in _LEAVES or kind is ast.arg:
        return ("annotation",) if kind is ast.arg else ()
    return tuple(label for label in kind._fields if label not in _NO_PARTS)
