"""`for r, row in enumerate(grid): for c, v in enumerate(row)` as a loop over the cells of the grid."""

from __future__ import annotations

import ast

_Numbered = tuple[str, str, str]


class NumberedCells(ast.NodeTransformer):
    """Rewrites nested enumerations of a named grid as nested ranges; the value is read where the inner loop starts."""

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        outer = _numbered(node.target, node.iter)
        if outer is None or node.orelse or len(node.body) != 1 or not isinstance(node.body[0], ast.For):
            return node
        inner = node.body[0]
        found = _numbered(inner.target, inner.iter)
        if found is None or found[2] != outer[1] or inner.orelse or _touched(inner.body, row=outer[1], grid=outer[2]):
            return node
        row, column, grid = outer[0], found[0], outer[2]
        read = ast.Assign([ast.Name(found[1], ast.Store())], _cell(grid, row, column), lineno=node.lineno)
        inner.target, inner.iter = ast.Name(column, ast.Store()), _range(_width(grid))
        inner.body = [read, *inner.body] if _used(inner.body, found[1]) else inner.body
        node.target, node.iter = ast.Name(row, ast.Store()), _range(_length(grid))
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._comprehension(node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> ast.AST:
        self.generic_visit(node)
        if len(node.generators) != 2 or node.generators[0].ifs:
            return node
        first, second = node.generators
        outer, inner = _numbered(first.target, first.iter), _numbered(second.target, second.iter)
        if outer is None or inner is None or inner[2] != outer[1]:
            return node
        values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        if any(_used([value], outer[1]) for value in [*values, *second.ifs]):
            return node
        first.target, first.iter = ast.Name(outer[0], ast.Store()), _range(_length(outer[2]))
        second.target, second.iter = ast.Name(inner[0], ast.Store()), _range(_width(outer[2]))
        swap = _Swap(inner[1], _cell(outer[2], outer[0], inner[0]))
        second.ifs = [swap.visit(part) for part in second.ifs]
        if isinstance(node, ast.DictComp):
            node.key, node.value = swap.visit(node.key), swap.visit(node.value)
        else:
            node.elt = swap.visit(node.elt)
        return node


class _Swap(ast.NodeTransformer):
    def __init__(self, label: str, value: ast.expr) -> None:
        self._label, self._value = label, value

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._value if node.id == self._label else node


def _numbered(target: ast.expr, source: ast.expr) -> _Numbered | None:
    """(number, item, what is numbered)."""
    if not isinstance(target, ast.Tuple) or len(target.elts) != 2 or not isinstance(source, ast.Call):
        return None
    first, second = target.elts
    if not isinstance(source.func, ast.Name) or source.func.id != "enumerate" or len(source.args) != 1:
        return None
    only = source.args[0]
    if source.keywords or not isinstance(only, ast.Name):
        return None
    if not isinstance(first, ast.Name) or not isinstance(second, ast.Name):
        return None
    return first.id, second.id, only.id


def _used(items: list[ast.stmt] | list[ast.expr], label: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == label for item in items for part in ast.walk(item))


def _touched(items: list[ast.stmt], *, row: str, grid: str) -> bool:
    """Whether the row is used at all, or the grid bound anew: then the loop is left as it stands."""
    return any(
        isinstance(part, ast.Name) and (part.id == row or (part.id == grid and isinstance(part.ctx, ast.Store)))
        for item in items
        for part in ast.walk(item)
    )


def _range(value: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("range", ast.Load()), [value], [])


def _length(grid: str) -> ast.expr:
    return ast.Call(ast.Name("len", ast.Load()), [ast.Name(grid, ast.Load())], [])


def _width(grid: str) -> ast.expr:
    first = ast.Subscript(ast.Name(grid, ast.Load()), ast.Constant(0), ast.Load())
    return ast.Call(ast.Name("len", ast.Load()), [first], [])


def _cell(grid: str, row: str, column: str) -> ast.expr:
    line = ast.Subscript(ast.Name(grid, ast.Load()), ast.Name(row, ast.Load()), ast.Load())
    return ast.Subscript(line, ast.Name(column, ast.Load()), ast.Load())
