"""Whether two programs are the same but for names and layout: told by their syntax trees."""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def program_digest(code: str) -> bytes:
    """16 bytes that are equal for programs that differ only in layout, comments, docstrings and the names of
    variables, parameters and functions.

    Every variable of a function is written as the place where it first stands, every function of the program as its
    place among them; `transform` keeps its name. (Bytecode would do only up to Python 3.11: later compilers let
    layout and names into it.) A program that does not compile is like no other text. 1 to 2 ms each. Comparable within
    one Python version only.
    """
    digest = hashlib.blake2b(digest_size=16)
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(code)
            compile(tree, "", "exec", dont_inherit=True)  # what no compiler takes is no program
        text = "".join(_said(tree, _own_names(tree)))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        text = "text" + code
    digest.update(text.encode(errors="surrogatepass"))
    return digest.digest()


def _own_names(module: ast.Module) -> dict[str, str]:
    """The functions and classes of the program, by order of definition; `transform` keeps its name."""
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [node.name for node in module.body if isinstance(node, defined)]
    return {name: f"<{place}>" for place, name in enumerate(dict.fromkeys(names)) if name != "transform"}


def _said(node: Any, names: Mapping[str, str], depth: int = 0) -> Iterator[str]:
    """The tree as text, names replaced; contexts and positions left out. `depth`: functions around it."""
    if isinstance(node, list):
        yield "["
        for item in node:  # pyright: ignore[reportUnknownVariableType]
            yield from _said(item, names, depth)
        yield "]"
    elif not isinstance(node, ast.AST):
        yield f"{type(node).__name__}:{node!r};"
    elif not isinstance(node, ast.expr_context):
        if isinstance(node, _FUNCTIONS):
            depth += 1
            inner = {**names, **_locals(node, depth)}
        else:
            inner = names
        yield type(node).__name__ + "("
        for field in node._fields:
            yield from _field(node, field, names, inner, depth)
        yield ")"


def _field(node: ast.AST, field: str, names: Mapping[str, str], inner: Mapping[str, str], depth: int) -> Iterator[str]:
    value = getattr(node, field, None)
    if field == "body" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _said(node.body[1:] if _has_docstring(node) else node.body, inner, depth)
    elif isinstance(value, str) and _is_name(node, field):
        yield f"{names.get(value, value)};"
    else:
        yield from _said(value, names if field == "decorator_list" else inner, depth)


def _is_name(node: ast.AST, field: str) -> bool:
    """Whether that text names a variable, parameter, function or class of the program."""
    if isinstance(node, ast.Name):
        return field == "id"
    if isinstance(node, ast.arg):
        return field == "arg"
    return field == "name" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _has_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    first = node.body[0]
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _locals(function: _Function, depth: int) -> dict[str, str]:
    """What the function binds, by where it first stands; what it says is global or of a function around it is not."""
    bound: dict[str, None] = {}
    elsewhere: set[str] = set()
    waiting: list[ast.AST] = [function]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.arg):
            bound.setdefault(node.arg)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.setdefault(node.id)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere.update(node.names)
        elif node is not function and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            bound.setdefault(node.name)
        if node is function or not isinstance(node, _FUNCTIONS):
            waiting += reversed(list(ast.iter_child_nodes(node)))
    return {name: f"%{depth}.{place}" for place, name in enumerate(bound) if name not in elsewhere}
