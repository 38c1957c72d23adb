"""A function that yields, as one that gives a list of all that it yields."""

from __future__ import annotations

import ast

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def without_generators(tree: ast.Module) -> None:
    """Rewrites every generator of the program whose yields are statements; others stay as they are.

    Who goes through it gets the same items. One that never ends is then followed until its steps run out.
    """
    for item in ast.walk(tree):
        if isinstance(item, ast.FunctionDef) and _can_gather(item):
            _gather(item)


def _can_gather(function: ast.FunctionDef) -> bool:
    own = _own(function)
    yields = [item for item in own if isinstance(item, (ast.Yield, ast.YieldFrom))]
    said = [item.value for item in own if isinstance(item, ast.Expr)]
    ends = [item for item in own if isinstance(item, ast.Return) and item.value is not None]
    return bool(yields) and not ends and all(any(item is value for value in said) for item in yields)


def _own(function: ast.FunctionDef) -> list[ast.AST]:
    """All of the function but what stands in functions within it."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = list(function.body)
    while stack:
        item = stack.pop()
        found.append(item)
        if not isinstance(item, _FUNCTIONS):
            stack.extend(ast.iter_child_nodes(item))
    return found


def _gather(function: ast.FunctionDef) -> None:
    label = f"{function.name}_found"
    while any(isinstance(item, ast.Name) and item.id == label for item in ast.walk(function)):
        label += "_"
    gathering = _Gathering(label)
    first = ast.copy_location(ast.Assign([ast.Name(label, ast.Store())], ast.List([], ast.Load())), function)
    body = [gathering.visit(item) for item in function.body]
    last = ast.copy_location(ast.Return(ast.Name(label, ast.Load())), function.body[-1])
    function.body = [ast.fix_missing_locations(item) for item in (first, *body, last)]


class _Gathering(ast.NodeTransformer):
    def __init__(self, label: str) -> None:
        self._label = label

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        return ast.copy_location(ast.Return(ast.Name(self._label, ast.Load())), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Yield):
            return self._added("append", node.value.value or ast.Constant(None), node)
        return self._added("extend", node.value.value, node) if isinstance(node.value, ast.YieldFrom) else node

    def _added(self, method: str, value: ast.expr, like: ast.Expr) -> ast.AST:
        call = ast.Call(ast.Attribute(ast.Name(self._label, ast.Load()), method, ast.Load()), [value], [])
        return ast.copy_location(ast.Expr(call), like)
