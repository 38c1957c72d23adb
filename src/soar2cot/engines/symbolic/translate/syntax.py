"""Walking Python's syntax trees: `ast.walk` without what no walk here asks for (operators, reading or binding)."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache
from typing import cast

BLOCKS = ("body", "orelse", "finalbody", "handlers")
LEAVES = frozenset((ast.Name, ast.Constant))
_NO_PARTS = frozenset(
    (
        "ctx", "op", "ops", "kind", "type_comment", "type_ignores",
        "id", "arg", "attr", "name", "asname", "module", "level", "rest", "simple", "is_async", "conversion",
    )
)  # fmt: skip
_WHOLE = frozenset(  # lists that hold nothing but constructs
    (
        "args", "body", "comparators", "elts", "finalbody", "generators", "handlers", "ifs", "keywords", "orelse",
        "targets", "values",
    )
)  # fmt: skip


def children(item: ast.AST) -> list[ast.AST]:
    """The expressions, statements and the like that a construct is made of, in their order."""
    return _with_children([item], [])


def everything(root: ast.AST) -> list[ast.AST]:
    """The construct and all its parts, those nearer to it first."""
    found = [root]
    return _with_children(found, found)


def _with_children(items: list[ast.AST], found: list[ast.AST]) -> list[ast.AST]:
    """`found`, and after it what the items are made of; both may be one list, which then grows to all there is."""
    for item in items:
        for label in fields(item.__class__):
            value = getattr(item, label, None)
            if value.__class__ is list:
                parts = cast("list[ast.AST]", value)
                found += parts if label in _WHOLE else [part for part in parts if isinstance(part, ast.AST)]
            elif value is not None and isinstance(value, ast.AST):
                found.append(value)
    return found


def in_order(roots: Sequence[ast.AST]) -> list[ast.AST]:
    """The constructs and all their parts, in the order in which they stand."""
    found: list[ast.AST] = []
    _add_in_order(roots, found)
    return found


def _add_in_order(roots: Sequence[ast.AST], found: list[ast.AST]) -> None:
    for root in roots:
        found.append(root)
        if root.__class__ not in LEAVES:
            _add_in_order(children(root), found)


def statements_of(item: ast.AST) -> list[ast.stmt | ast.ExceptHandler]:
    """The statements straight below a statement; expressions hold none."""
    return [part for label in BLOCKS for part in getattr(item, label, ())]


@cache
def fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Where constructs of this kind can hold others."""
    if kind in LEAVES or kind is ast.arg:
        return ("annotation",) if kind is ast.arg else ()
    return tuple(label for label in kind._fields if label not in _NO_PARTS)
