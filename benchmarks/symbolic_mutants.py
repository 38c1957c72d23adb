"""Seeded mutants of programs: one constant, comparison, direction or connectivity changed."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from typing import TypeAlias, cast

Change: TypeAlias = "Callable[[], None]"

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_TURNED = {"flipud": "fliplr", "fliplr": "flipud", "appendleft": "append", "vstack": "hstack", "hstack": "vstack"}
_SIDES = {(0, 1), (0, -1), (1, 0), (-1, 0)}
_ALL_ROUND = {(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1)} - {(0, 0)}


def constants(tree: ast.Module) -> Iterator[Change]:
    """Each whole number one more."""
    for item in ast.walk(tree):
        if isinstance(item, ast.Constant) and type(item.value) is int:
            yield lambda item=item: setattr(item, "value", cast("int", item.value) + 1)


def comparisons(tree: ast.Module) -> Iterator[Change]:
    """Each comparison with or without the bound, or the other way round."""
    for item in ast.walk(tree):
        if isinstance(item, ast.Compare) and (other := _COMPARISONS.get(type(item.ops[0]))) is not None:
            yield lambda item=item, other=other: item.ops.__setitem__(0, other())


def directions(tree: ast.Module) -> Iterator[Change]:
    """Each step the other way, each step of a list turned by a quarter, each turn or mirror along the other axis."""
    for item in ast.walk(tree):
        if isinstance(item, ast.BinOp) and isinstance(item.op, (ast.Add, ast.Sub)) and _whole(item.right) == 1:
            yield lambda item=item: setattr(item, "op", ast.Sub() if isinstance(item.op, ast.Add) else ast.Add())
        elif isinstance(item, ast.Tuple) and _step(item) in _SIDES:
            yield lambda item=item: item.elts.reverse()
        elif isinstance(item, ast.Attribute) and item.attr in _TURNED:
            yield lambda item=item: setattr(item, "attr", _TURNED[item.attr])
        elif isinstance(item, ast.keyword) and item.arg == "axis" and _whole(item.value) in (0, 1):
            yield lambda item=item: setattr(item, "value", ast.Constant(1 - cast("int", _whole(item.value))))


def connectivities(tree: ast.Module) -> Iterator[Change]:
    """Each list of steps by sides with the diagonals, each one with them without, each labelling likewise."""
    for item in ast.walk(tree):
        if isinstance(item, (ast.List, ast.Tuple)):
            steps = [_step(part) for part in item.elts]
            if len(steps) == len(_SIDES) and set(steps) == _SIDES:
                yield lambda item=item: item.elts.extend(map(_written, sorted(_ALL_ROUND - _SIDES)))
            elif len(steps) == len(_ALL_ROUND) and set(steps) == _ALL_ROUND:
                yield lambda item=item: setattr(item, "elts", [part for part in item.elts if _step(part) in _SIDES])
        elif isinstance(item, ast.Call) and isinstance(item.func, (ast.Name, ast.Attribute)) and _name(item) == "label":
            yield lambda item=item: _other_structure(item)


KINDS: dict[str, Callable[[ast.Module], Iterator[Change]]] = {
    "constant": constants,
    "comparison": comparisons,
    "direction": directions,
    "connectivity": connectivities,
}


def mutants(code: str, kind: str, chance: random.Random, most: int) -> Iterator[str]:
    """The program with one change of that kind, at up to `most` places drawn by chance."""
    n_places = sum(1 for _ in KINDS[kind](ast.parse(code)))
    for place in chance.sample(range(n_places), min(most, n_places)):
        tree = ast.parse(code)
        list(KINDS[kind](tree))[place]()
        yield ast.unparse(tree)


def _whole(item: ast.expr) -> int | None:
    if isinstance(item, ast.UnaryOp) and isinstance(item.op, ast.USub):
        inner = _whole(item.operand)
        return None if inner is None else -inner
    return item.value if isinstance(item, ast.Constant) and type(item.value) is int else None


def _step(item: ast.expr) -> tuple[int | None, int | None] | None:
    if not isinstance(item, ast.Tuple) or len(item.elts) != 2:
        return None
    return _whole(item.elts[0]), _whole(item.elts[1])


def _written(step: tuple[int, int]) -> ast.expr:
    return ast.parse(repr(step), mode="eval").body


def _name(item: ast.Call) -> str:
    return item.func.attr if isinstance(item.func, ast.Attribute) else cast("ast.Name", item.func).id


def _other_structure(item: ast.Call) -> None:
    if any(part.arg == "structure" for part in item.keywords):
        item.keywords = [part for part in item.keywords if part.arg != "structure"]
    else:
        ones = ast.parse("[[1, 1, 1], [1, 1, 1], [1, 1, 1]]", mode="eval").body
        item.keywords.append(ast.keyword("structure", ones))
