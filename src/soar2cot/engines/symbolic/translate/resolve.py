"""A program made plain: imports and remarks gone, every name of its own replaced by a unique one."""

# Values here are of any type by nature (what a method computes, what a syntax tree holds).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from soar2cot.engines.symbolic.translate.generators import without_generators
from soar2cot.engines.symbolic.translate.numbered import NumberedCells
from soar2cot.engines.symbolic.translate.pairs import split_turns
from soar2cot.engines.symbolic.translate.syntax import children, everything, fields, statements_of
from soar2cot.engines.symbolic.translate.usual import usual

_MODULES = {
    "numpy": "np",
    "numpy.linalg": "np.linalg",
    "math": "math",
    "copy": "copy",
    "collections": "",
    "itertools": "",
    "functools": "",
    "heapq": "heapq",
    "scipy": "scipy",
    "scipy.ndimage": "ndimage",
    "scipy.ndimage.measurements": "ndimage",
    "scipy.ndimage.morphology": "ndimage",
}
_BLOCKS = ("body", "orelse", "finalbody")
_RENAMED = {"copy.deepcopy": "deepcopy", "scipy.ndimage": "ndimage", "np.bool_": "bool", "collections": ""}


class NotPlainError(Exception):
    """The program is of a kind that has no words; the message names the construct."""


@dataclass
class Program:
    """`functions` stand beside `transform`, `constants` are assignments beside it, `body` is its own."""

    parameter: str
    body: list[ast.stmt]
    functions: list[ast.FunctionDef] = field(default_factory=list[ast.FunctionDef])
    constants: list[ast.stmt] = field(default_factory=list[ast.stmt])


def resolve(code: str) -> Program:
    """Reads a program.

    Raises: NotPlainError: no function `transform`, a class, or another thing that has no words.
            SyntaxError: it is no Python.
    """
    tree = ast.parse(code)
    if "yield" in code:
        without_generators(tree)
    resolver = _Resolver(tree)
    tree = resolver.plain(tree)
    tree = NumberedCells().visit(tree) if "enumerate" in code else tree
    split_turns(tree.body, len(resolver.original))
    main: ast.FunctionDef | None = None
    functions: list[ast.FunctionDef] = []
    constants: list[ast.stmt] = []
    for item in tree.body:
        if isinstance(item, ast.FunctionDef):
            if resolver.original.get(item.name, item.name) == "transform":
                main = item
            else:
                functions.append(item)
        elif isinstance(item, (ast.Assign, ast.AugAssign)):
            constants.append(item)
        elif not isinstance(item, (ast.Expr, ast.Pass)) and not _is_main_guard(item):
            raise NotPlainError(f"{type(item).__name__} beside the functions")
    if main is None:
        raise NotPlainError("no function transform")
    return _program(main, functions, constants)


def _is_main_guard(item: ast.stmt) -> bool:
    return isinstance(item, ast.If) and "__name__" in ast.unparse(item.test)


def _program(main: ast.FunctionDef, functions: list[ast.FunctionDef], constants: list[ast.stmt]) -> Program:
    arguments = main.args
    if not arguments.args or arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        raise NotPlainError("parameters of transform")
    first, *others = arguments.args
    body = list(main.body)
    for parameter, value in zip(reversed(others), reversed(arguments.defaults), strict=False):
        body.insert(0, ast.Assign([ast.Name(parameter.arg, ast.Store())], value, lineno=main.lineno))
    used = _used(body, functions, constants)
    kept = [item for item in functions if item.name in used]
    return Program(first.arg, body, kept, [item for item in constants if _assigned(item) & used])


def _assigned(item: ast.stmt) -> set[str]:
    return {part.id for part in everything(item) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def _names(items: list[ast.stmt]) -> set[str]:
    return {part.id for item in items for part in everything(item) if isinstance(part, ast.Name)}


def _used(body: list[ast.stmt], functions: list[ast.FunctionDef], constants: list[ast.stmt]) -> set[str]:
    used = _names(body)
    beside = [({item.name}, _names([item])) for item in functions]
    beside += [(_assigned(item), _names([item])) for item in constants]
    while True:
        more = used.union(*[names for given, names in beside if given & used])
        if more == used:
            return used
        used = more


class _Scope:
    def __init__(self, parent: _Scope | None) -> None:
        self.parent = parent
        self.own: dict[str, str] = {}

    def find(self, label: str) -> str | None:
        scope: _Scope | None = self
        while scope is not None:
            if label in scope.own:
                return scope.own[label]
            scope = scope.parent
        return None


class _Resolver(ast.NodeTransformer):
    """Replaces names; `original` gives the program's own name of each."""

    def __init__(self, tree: ast.Module) -> None:
        self.original: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        for item in _statements(tree):
            self._import(item)
        self._scope = _Scope(None)
        self._bind(tree.body, self._scope)

    def plain(self, tree: ast.Module) -> ast.Module:
        """The module with all names replaced."""
        tree.body = self._body(tree.body)
        return tree

    def _import(self, item: ast.AST) -> None:
        if isinstance(item, ast.Import):
            for alias in item.names:
                if alias.asname:
                    self._aliases[alias.asname] = _MODULES.get(alias.name, alias.name)
                else:
                    top = alias.name.split(".")[0]
                    self._aliases[top] = _MODULES.get(top, top)
        elif isinstance(item, ast.ImportFrom):
            module = _MODULES.get(item.module or "", item.module or "")
            for alias in item.names:
                dotted = f"{module}.{alias.name}" if module else alias.name
                self._aliases[alias.asname or alias.name] = _RENAMED.get(dotted, dotted)

    def _new(self, label: str) -> str:
        unique = f"x{len(self.original)}"
        self.original[unique] = label
        return unique

    def _bind(self, body: list[ast.stmt], scope: _Scope, parameters: tuple[str, ...] = ()) -> None:
        outer: set[str] = set()
        labels: list[str] = list(parameters)
        stack: list[ast.AST] = list(reversed(body))
        while stack:
            item = stack.pop()
            if isinstance(item, ast.Name):  # most are names
                labels += [item.id] if isinstance(item.ctx, (ast.Store, ast.Del)) else []
            elif isinstance(item, (ast.FunctionDef, ast.ClassDef)):
                labels.append(item.name)
            elif not isinstance(item, ast.Constant):
                stack += reversed(children(item))
                if isinstance(item, (ast.Nonlocal, ast.Global)):
                    outer.update(item.names)
                elif isinstance(item, ast.Lambda):
                    labels += [argument.arg for argument in item.args.args]
        for label in labels:
            if label not in scope.own and label not in outer and label not in self._aliases:
                scope.own[label] = self._new(label)

    def _body(self, body: list[ast.stmt]) -> list[ast.stmt]:
        kept: list[ast.stmt] = []
        for item in body:
            if isinstance(item, (ast.Import, ast.ImportFrom)) or _is_remark(item):
                continue
            found = self.visit(item)
            if found is not None:
                kept.append(found)
        return kept or [ast.Pass()]

    def visit(self, node: ast.AST) -> Any:
        """As every transformer does, but finds what is to be done by the class, not by its name: half of the time."""
        handler = _HANDLERS.get(node.__class__)
        return node if node.__class__ is ast.Constant else handler(self, node) if handler else self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.stmt, ast.ExceptHandler)):
            for label in _BLOCKS:
                statements = getattr(node, label, None)
                if isinstance(statements, list) and statements:
                    setattr(node, label, self._body(statements))
        for label in fields(type(node)):
            value = getattr(node, label, None)
            if isinstance(value, list):
                if label in _BLOCKS:
                    continue
                setattr(node, label, [self.visit(part) if isinstance(part, ast.AST) else part for part in value])
            elif isinstance(value, ast.AST):
                setattr(node, label, self.visit(value))
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        arguments = node.args
        if node.decorator_list or arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
            raise NotPlainError("parameters or decorators of a function")
        arguments.defaults = [self.visit(item) for item in arguments.defaults]
        outer = self._scope
        self._scope = _Scope(outer)
        self._bind(node.body, self._scope, tuple(item.arg for item in arguments.args))
        for item in arguments.args:
            item.arg = self._scope.own[item.arg]
            item.annotation = None
        node.returns = None
        node.body = self._body(node.body)
        self._scope = outer
        node.name = outer.find(node.name) or node.name
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return usual(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        raise NotPlainError("a class")

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        for item in node.args.args:
            item.arg = self._scope.find(item.arg) or item.arg
        node.args.defaults = [self.visit(item) for item in node.args.defaults]
        node.body = self.visit(node.body)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        return ast.Nonlocal([self._scope.find(label) or label for label in node.names])

    def visit_Global(self, node: ast.Global) -> ast.AST:
        return ast.Nonlocal([self._scope.find(label) or label for label in node.names])

    def visit_Name(self, node: ast.Name) -> ast.AST:
        own = self._scope.find(node.id)
        if own is not None:
            node.id = own
            return node
        if node.id in self._aliases:
            return _dotted(self._aliases[node.id], node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        value = self.visit(node.value)
        if isinstance(value, ast.Name) and value.id == "":
            return _dotted(node.attr, node)
        node.value = value
        dotted = f"{value.id}.{node.attr}" if isinstance(value, ast.Name) else ""
        return _dotted(_RENAMED[dotted], node) if dotted in _RENAMED else node


_HANDLERS: dict[type[ast.AST], Callable[[_Resolver, Any], Any]] = {
    getattr(ast, label.removeprefix("visit_")): handler
    for label, handler in vars(_Resolver).items()
    if label.startswith("visit_")
}


def _statements(root: ast.AST) -> Iterator[ast.AST]:
    for item in statements_of(root):
        yield item
        yield from _statements(item)


def _is_remark(item: ast.stmt) -> bool:
    if not isinstance(item, ast.Expr):
        return False
    value = item.value
    if isinstance(value, ast.Constant):
        return True
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"


def _dotted(dotted: str, like: ast.AST) -> ast.expr:
    first, *others = dotted.split(".")
    found: ast.expr = ast.Name(first, ast.Load())
    for part in others:
        found = ast.Attribute(found, part, ast.Load())
    return ast.copy_location(found, like)
