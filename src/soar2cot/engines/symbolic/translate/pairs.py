"""Finds names that are always a row and its column: two halves of one cell."""

# Values here are of any type by nature (what a method computes, what a syntax tree holds).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from itertools import pairwise

from soar2cot.engines.symbolic.translate.kinds import Kinds
from soar2cot.engines.symbolic.translate.syntax import everything

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_TELLING = (ast.mod, ast.stmt, ast.ExceptHandler, ast.Lambda, *_COMPREHENSIONS)
_Pair = tuple[str, str]


def find_pairs(parts: list[ast.AST], kinds: Kinds, functions: dict[str, ast.FunctionDef]) -> dict[_Pair, str]:
    """(row, column) and the noun for both together, in a program of which these are all constructs (`everything`).

    Both must be bound together wherever they are bound, except where one of them alone is changed.
    """
    search = _Search(parts, functions, kinds)
    partners: dict[str, Counter[_Pair]] = defaultdict(Counter)
    for pair in search.pairs:
        for half in pair:
            partners[half][pair] += 1
    found: dict[_Pair, str] = {}
    for pair in search.pairs:
        if any(len(partners[half]) != 1 or half in search.alone for half in pair) or pair[0] == pair[1]:
            continue
        noun = search.direction(pair) or _noun(pair, kinds)
        if noun is not None:
            found[pair] = noun
    return found


def _noun(pair: _Pair, kinds: Kinds) -> str | None:
    return "cell" if (kinds.noun.get(pair[0]), kinds.noun.get(pair[1])) == ("row", "column") else None


class _Search:
    def __init__(self, parts: list[ast.AST], functions: dict[str, ast.FunctionDef], kinds: Kinds) -> None:
        self._kinds = kinds
        self.pairs: list[_Pair] = []
        self.alone: set[str] = set()
        self._steps: set[str] = set()
        self._directions: set[_Pair] = set()
        values = _values_used(parts, set(functions))
        telling = [item for item in parts if isinstance(item, _TELLING)]
        for item in telling:
            if isinstance(item, ast.Assign):
                self._constant_steps(item)
        self._inner: set[int] = set()
        for item in telling:
            self._look(item, values)

    def direction(self, pair: _Pair) -> str | None:
        """The noun of a pair that is taken from a list of steps."""
        return "direction" if pair in self._directions else None

    def _constant_steps(self, item: ast.Assign) -> None:
        if len(item.targets) == 1 and isinstance(item.targets[0], ast.Name) and _all_steps(item.value):
            self._steps.add(item.targets[0].id)

    def _look(self, item: ast.AST, values: set[str]) -> None:
        if isinstance(item, ast.For):
            self._loop(item)
        elif isinstance(item, _COMPREHENSIONS):
            self._comprehension(item.generators)
        elif isinstance(item, ast.Assign):
            for target in item.targets:
                self._tuple(target, item.value)
        elif isinstance(item, ast.FunctionDef) and item.name not in values:
            self._parameters([argument.arg for argument in item.args.args], bool(item.args.defaults))
        elif isinstance(item, (ast.FunctionDef, ast.Lambda)):
            self.alone.update(argument.arg for argument in item.args.args)
        for body in (getattr(item, "body", None), getattr(item, "orelse", None)):
            if isinstance(body, list):
                self._neighbours(body)

    def _loop(self, item: ast.For) -> None:
        if not isinstance(item.target, ast.Name):
            self._tuple(item.target, item.iter)
            return
        inner = [part for part in item.body if _paired(item, part)]
        for part in inner:
            assert isinstance(part, ast.For)
            assert isinstance(part.target, ast.Name)
            self.pairs.append((item.target.id, part.target.id))
            self._inner.add(id(part))
        if not inner and id(item) not in self._inner:
            self.alone.add(item.target.id)

    def _comprehension(self, generators: list[ast.comprehension]) -> None:
        index = 0
        while index < len(generators):
            target = generators[index].target
            following = generators[index + 1].target if index + 1 < len(generators) else None
            if isinstance(target, ast.Name) and isinstance(following, ast.Name):
                self.pairs.append((target.id, following.id))
                index += 2
                continue
            if isinstance(target, ast.Name):
                self.alone.add(target.id)
            else:
                self._tuple(target, generators[index].iter)
            index += 1

    def _tuple(self, target: ast.expr, source: ast.expr) -> None:
        if not isinstance(target, (ast.Tuple, ast.List)):
            return
        names = [part.id for part in target.elts if isinstance(part, ast.Name)]
        if len(target.elts) == 2 and len(names) == 2:
            pair = (names[0], names[1])
            self.pairs.append(pair)
            if _all_steps(source) or (isinstance(source, ast.Name) and source.id in self._steps):
                self._directions.add(pair)
            return
        self.alone.update(names)
        for part in target.elts:
            self._tuple(part, ast.Constant(None))

    def _parameters(self, names: list[str], usual: bool) -> None:
        if usual:
            self.alone.update(names)
            return
        for first, second in pairwise(names):
            if _noun((first, second), self._kinds) is not None:
                self.pairs.append((first, second))

    def _neighbours(self, body: list[ast.stmt]) -> None:
        for first, second in pairwise(body):
            pair = neighbours(first, second)
            if pair is not None:
                self.pairs.append(pair)


def _paired(outer: ast.For, inner: ast.stmt) -> bool:
    """Whether the inner loop goes over columns where the outer one goes over rows, by their form."""
    if not isinstance(inner, ast.For) or not isinstance(inner.target, ast.Name):
        return False
    return _counts(outer.iter) and _counts(inner.iter)


def _counts(source: ast.expr) -> bool:
    return isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and source.func.id == "range"


def neighbours(first: ast.stmt, second: ast.stmt) -> _Pair | None:
    """The two names that two neighbouring assignments could bind at once: both move a name by something."""
    a, b = _moved(first), _moved(second)
    if a is None or b is None or a[0] == b[0] or a[0] in b[1]:
        return None
    return a[0], b[0]


def _moved(item: ast.stmt) -> tuple[str, set[str]] | None:
    if not isinstance(item, ast.Assign) or len(item.targets) != 1 or not isinstance(item.targets[0], ast.Name):
        return None
    value = item.value
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, (ast.Add, ast.Sub)):
        return None
    return item.targets[0].id, {part.id for part in everything(value) if isinstance(part, ast.Name)}


def _all_steps(item: ast.expr) -> bool:
    if not isinstance(item, (ast.List, ast.Tuple)) or not item.elts:
        return False
    return all(
        isinstance(part, ast.Tuple)
        and len(part.elts) == 2
        and all(isinstance(_bare(number), ast.Constant) for number in part.elts)
        for part in item.elts
    )


def _bare(item: ast.expr) -> ast.expr:
    return item.operand if isinstance(item, ast.UnaryOp) else item


def _values_used(parts: list[ast.AST], functions: set[str]) -> set[str]:
    """Functions that are used as values, not only called by position."""
    called: set[int] = set()
    bad: set[str] = set()
    if not functions:
        return bad
    for item in parts:
        if isinstance(item, ast.Call) and isinstance(item.func, ast.Name) and item.func.id in functions:
            called.add(id(item.func))
            if item.keywords or any(isinstance(part, ast.Starred) for part in item.args):
                bad.add(item.func.id)
    for item in parts:
        if isinstance(item, ast.Name) and item.id in functions and id(item) not in called:
            bad.add(item.id)
    return bad


class _Rename(ast.NodeTransformer):
    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self._new, node.ctx), node) if node.id == self._old else node


def split_turns(items: list[ast.stmt], next_number: int) -> None:
    """Gives a loop's own name a new one where the same name is used in unlike loops.

    Unlike: alone or with a partner, with another partner, for columns or for something else. Only where every use of
    the name lies inside such a loop, so that nothing but the name changes.
    """
    parts = everything(ast.Module(items, []))
    for label, constructs in _owners(parts).items():
        if len(constructs) < 2:
            continue
        groups: dict[tuple[_Pair | None, bool], list[ast.AST]] = defaultdict(list)
        for construct, partner in constructs:
            groups[partner, partner is None and _is_column(construct, label)].append(construct)
        if len(groups) < 2 or sum(_uses(everything(item), label) for item, _ in constructs) != _uses(parts, label):
            continue
        ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
        for _, members in ordered[1:]:
            next_number += 1
            for construct in members:
                _Rename(label, f"x{next_number}").visit(construct)


def _is_column(construct: ast.AST, label: str) -> bool:
    """Whether the name says the column of the cells that the construct asks for, and no row."""
    places = [_indices(item) for item in everything(construct) if isinstance(item, ast.Subscript)]
    return any(_names(column, label) for _, column in places) and not any(_names(row, label) for row, _ in places)


def _indices(item: ast.Subscript) -> tuple[ast.AST | None, ast.AST | None]:
    if isinstance(item.slice, ast.Tuple) and len(item.slice.elts) == 2:
        return item.slice.elts[0], item.slice.elts[1]
    return (item.value.slice, item.slice) if isinstance(item.value, ast.Subscript) else (None, None)


def _names(item: ast.AST | None, label: str) -> bool:
    return item is not None and _uses(everything(item), label) > 0


def _uses(parts: list[ast.AST], label: str) -> int:
    return sum(isinstance(part, ast.Name) and part.id == label for part in parts)


def _owners(parts: list[ast.AST]) -> dict[str, list[tuple[ast.AST, _Pair | None]]]:
    owners: dict[str, list[tuple[ast.AST, _Pair | None]]] = defaultdict(list)
    parent: dict[int, str] = {}
    for item in parts:
        if isinstance(item, ast.For):
            if isinstance(item.target, ast.Name):
                inner = next((part for part in item.body if _paired(item, part)), None)
                label = item.target.id
                if isinstance(inner, ast.For) and isinstance(inner.target, ast.Name):
                    owners[label].append((item, (label, inner.target.id)))
                    parent[id(inner)] = label
                else:
                    owners[label].append((item, (parent[id(item)], label) if id(item) in parent else None))
            else:
                _own_tuple(item.target, item, owners)
        elif isinstance(item, _COMPREHENSIONS):
            _own_turns(item, owners)
    return owners


def _own_tuple(target: ast.expr, item: ast.AST, owners: dict[str, list[tuple[ast.AST, _Pair | None]]]) -> None:
    names = [part.id for part in everything(target) if isinstance(part, ast.Name)]
    pair = (names[0], names[1]) if len(names) == 2 else None
    for label in names:
        owners[label].append((item, pair))


def _own_turns(item: ast.AST, owners: dict[str, list[tuple[ast.AST, _Pair | None]]]) -> None:
    generators: list[ast.comprehension] = item.generators  # type: ignore[attr-defined]
    index = 0
    while index < len(generators):
        target = generators[index].target
        following = generators[index + 1].target if index + 1 < len(generators) else None
        if isinstance(target, ast.Name) and isinstance(following, ast.Name):
            for label in (target.id, following.id):
                owners[label].append((item, (target.id, following.id)))
            index += 2
            continue
        if isinstance(target, ast.Name):
            owners[target.id].append((item, None))
        else:
            _own_tuple(target, item, owners)
        index += 1
