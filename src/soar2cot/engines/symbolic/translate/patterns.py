"""Recognises the Python that a phrase stands for."""

# Values here are of any type by nature (what a method computes, what a syntax tree holds).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache, lru_cache

from soar2cot.engines.symbolic.phrasebook.book import ENTRIES

_HOLE = re.compile(r"_(\d)\Z")
_SKIPPED = frozenset(("ctx", "lineno", "col_offset", "end_lineno", "end_col_offset", "kind", "type_comment"))


@cache
def _index() -> dict[str, list[tuple[str, ast.expr]]]:
    found: dict[str, list[tuple[str, ast.expr]]] = defaultdict(list)
    for entry in ENTRIES:
        for source in entry.sources:
            pattern = ast.parse(source, mode="eval").body
            found[_key(pattern)].append((entry.phrase.op, pattern))
    for candidates in found.values():
        candidates.sort(key=lambda item: _generality(item[1]))
    return found


def _generality(pattern: ast.expr) -> int:
    """Patterns that fix more come first."""
    holes = sum(isinstance(item, ast.Name) and bool(_HOLE.match(item.id)) for item in ast.walk(pattern))
    return 10 * holes - sum(1 for _ in ast.walk(pattern))


def _key(item: ast.expr) -> str:
    if isinstance(item, ast.Call):
        func = item.func
        label = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        return f"call {label} {len(item.args)} {' '.join(sorted(part.arg or '' for part in item.keywords))}"
    if isinstance(item, ast.BinOp):
        return f"binop {type(item.op).__name__}"
    if isinstance(item, ast.UnaryOp):
        return f"unary {type(item.op).__name__}"
    if isinstance(item, ast.Compare):
        return "compare " + " ".join(type(part).__name__ for part in item.ops)
    return type(item).__name__


def matches(item: ast.expr) -> list[tuple[str, dict[int, ast.expr]]]:
    """(construct, parts) for every phrase that the expression is an instance of, the most specific first."""
    found: list[tuple[str, dict[int, ast.expr]]] = []
    for op, pattern in _index().get(_key(item), ()):
        parts: dict[int, ast.expr] = {}
        if _unify(pattern, item, parts):
            found.append((op, parts))
    return found


def _unify(pattern: object, item: object, parts: dict[int, ast.expr]) -> bool:
    if isinstance(pattern, ast.Name):
        hole = _hole(pattern.id)
        if hole is not None and isinstance(item, ast.expr):
            if isinstance(item, (ast.Slice, ast.Starred)) or (isinstance(item, ast.Name) and _is_module(item)):
                return False
            known = parts.setdefault(hole, item)
            return known is item or ast.dump(known) == ast.dump(item)
        return isinstance(item, ast.Name) and item.id == pattern.id
    if isinstance(pattern, ast.Constant):
        return (
            isinstance(item, ast.Constant) and type(item.value) is type(pattern.value) and item.value == pattern.value
        )
    if isinstance(pattern, ast.AST):
        if type(pattern) is not type(item):
            return False
        for label, value in _ordered(pattern):  # noqa: SIM110 - nothing is tried more often
            if not _unify(value, getattr(item, label, None), parts):
                return False
        return True
    if isinstance(pattern, list):
        return _unify_lists(pattern, item, parts)
    return pattern == item


def _unify_lists(pattern: list[object], item: object, parts: dict[int, ast.expr]) -> bool:
    if not isinstance(item, list) or len(item) != len(pattern):
        return False
    if pattern and isinstance(pattern[0], ast.keyword):
        mine = {part.arg: part.value for part in item}
        return all(
            isinstance(part, ast.keyword) and part.arg in mine and _unify(part.value, mine[part.arg], parts)
            for part in pattern
        )
    return all(_unify(a, b, parts) for a, b in zip(pattern, item, strict=True))


@cache  # of the patterns alone, which stay
def _ordered(pattern: ast.AST) -> list[tuple[str, object]]:
    return [(label, value) for label, value in ast.iter_fields(pattern) if label not in _SKIPPED]


@lru_cache(maxsize=64)
def _hole(label: str) -> int | None:
    found = _HOLE.match(label)
    return int(found[1]) if found else None


def _is_module(item: ast.Name) -> bool:
    return item.id in ("np", "math", "ndimage", "copy")
