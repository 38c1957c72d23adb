"""What a quantity is: found from what is put into it and from how it is used. Names depend on it, meaning does not."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict

_GRID_CALLS = frozenset(
    [
        "array",
        "asarray",
        "zeros",
        "zeros_like",
        "ones",
        "ones_like",
        "full",
        "full_like",
        "copy",
        "flip",
        "flipud",
        "fliplr",
        "rot90",
        "transpose",
        "tile",
        "pad",
        "where",
        "vstack",
        "hstack",
        "concatenate",
        "deepcopy",
        "roll",
        "kron",
        "repeat",
    ]
)
_NUMBER_CALLS = frozenset(
    ["len", "max", "min", "sum", "abs", "int", "round", "count", "index", "argmax", "argmin", "item", "count_nonzero"]
)
_CALLS = {
    "set": "set", "list": "list", "sorted": "list", "dict": "table", "defaultdict": "table", "OrderedDict": "table",
    "Counter": "tally", "deque": "queue", "argwhere": "list", "unique": "list", "nonzero": "list", "tolist": "picture",
    "any": "flag", "all": "flag", "label": "array", "most_common": "list", "tuple": "group", "frozenset": "set",
}  # fmt: skip
_TELLING = (ast.Assign, ast.For, ast.comprehension, ast.FunctionDef, ast.Subscript, ast.Lambda)


class Kinds:
    """The noun for each name of a program.

    Args: parts: all constructs of the program (`everything`); parameter: what it is given.
    """

    def __init__(self, parts: list[ast.AST], parameter: str) -> None:
        self._votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._parameter = parameter
        items = [item for item in parts if isinstance(item, _TELLING)]
        self.noun: dict[str, str] = {parameter: "input"}
        for _ in range(3):
            before = dict(self.noun)
            self._votes.clear()
            for item in items:
                self._look(item)
            self._count()
            if self.noun == before:
                break

    def _count(self) -> None:
        for label, votes in self._votes.items():
            self.noun[label] = votes.most_common(1)[0][0]
        self.noun[self._parameter] = "input"

    def _vote(self, target: ast.AST, noun: str | None, weight: int = 1) -> None:
        if noun in ("input", "result"):
            noun = "picture"
        if noun is not None and isinstance(target, ast.Name):
            self._votes[target.id][noun] += weight

    def _look(self, item: ast.AST) -> None:
        if isinstance(item, ast.Subscript):
            self._index(item)
        elif isinstance(item, ast.Assign):
            for target in item.targets:
                self._assign(target, item.value)
        elif isinstance(item, (ast.For, ast.comprehension)):
            self._turn(item.target, item.iter)
        elif isinstance(item, ast.FunctionDef):
            self._vote(ast.Name(item.name), "procedure", 9)
        elif isinstance(item, ast.Lambda):
            for argument in item.args.args:
                self._vote(ast.Name(argument.arg), "item")

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for part, source in zip(target.elts, value.elts, strict=True):
                self._assign(part, source)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Attribute) and value.attr == "shape":
            for part, noun in zip(target.elts, ("height", "width"), strict=False):
                self._vote(part, noun, 3)
        else:
            self._vote(target, self.of(value))

    def _turn(self, target: ast.expr, source: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and len(target.elts) == 2 and _is_call(source, "enumerate"):
            assert isinstance(source, ast.Call)
            holder = self.of(source.args[0]) if source.args else None
            self._vote(target.elts[0], "index")
            self._vote(target.elts[1], "line" if holder in ("input", "array", "picture") else "item")
            return
        if isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and source.func.id == "range":
            self._vote(target, "number")
        elif self.of(source) in ("input", "picture", "array", "result"):
            self._vote(target, "line")
        elif isinstance(target, ast.Name):
            self._vote(target, "colour" if self.of(source) == "line" else "item")
        elif isinstance(target, ast.Tuple):
            for part in target.elts:
                self._vote(part, "value")

    def _index(self, item: ast.Subscript) -> None:
        inner = item.value
        if isinstance(inner, ast.Subscript) and not isinstance(inner.slice, (ast.Slice, ast.Tuple, ast.Constant)):
            if not isinstance(item.slice, (ast.Slice, ast.Constant)) or not isinstance(inner.slice, ast.Constant):
                self._lines(inner.slice, "row")
                self._lines(item.slice, "column")
                self._vote(inner.value, "picture")
        elif isinstance(item.slice, ast.Tuple) and len(item.slice.elts) == 2:
            self._lines(item.slice.elts[0], "row")
            self._lines(item.slice.elts[1], "column")
            self._vote(item.value, "array", 2)

    def _lines(self, item: ast.expr, noun: str) -> None:
        if isinstance(item, ast.Name):
            self._vote(item, noun, 4)
        elif isinstance(item, ast.BinOp) and isinstance(item.op, (ast.Add, ast.Sub)):
            for part in (item.left, item.right):
                self._vote(part, noun, 1)

    def of(self, value: ast.expr) -> str | None:
        """The noun for a value, None where nothing is known."""
        if isinstance(value, ast.Name):
            return self.noun.get(value.id)
        if isinstance(value, ast.Constant):
            return _constant(value.value)
        if isinstance(value, (ast.List, ast.ListComp)):
            return self._list(value)
        if isinstance(value, (ast.Set, ast.SetComp)):
            return "set"
        if isinstance(value, (ast.Dict, ast.DictComp)):
            return "table"
        if isinstance(value, ast.Tuple):
            return "place" if len(value.elts) == 2 else "group"
        if isinstance(value, (ast.Compare, ast.BoolOp)):
            operands = value.comparators if isinstance(value, ast.Compare) else value.values
            return "mask" if any(self.of(part) in ("array",) for part in [*operands, _left(value)]) else "flag"
        if isinstance(value, ast.Lambda):
            return "rule"
        if isinstance(value, ast.Call):
            return self._call(value)
        if isinstance(value, ast.BinOp):
            return self._binary(value)
        if isinstance(value, ast.Subscript):
            return self._item(value)
        if isinstance(value, ast.IfExp):
            return self.of(value.body) or self.of(value.orelse)
        return "array" if isinstance(value, ast.Attribute) and value.attr == "T" else None

    def _list(self, value: ast.List | ast.ListComp) -> str:
        first = value.elt if isinstance(value, ast.ListComp) else value.elts[0] if value.elts else None
        if first is None:
            return "list"
        inner = self.of(first)
        if isinstance(first, (ast.List, ast.ListComp)) or inner in ("line", "picture"):
            return "picture"
        if isinstance(first, ast.BinOp) and inner in ("list", "line"):
            return "picture"
        if isinstance(first, ast.Subscript) and isinstance(first.slice, ast.Slice):
            return "picture"
        return "list"

    def _call(self, value: ast.Call) -> str | None:
        func = value.func
        label = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        if label == "copy" and isinstance(func, ast.Attribute) and not value.args:
            return self.of(func.value)
        if label in ("copy", "deepcopy", "array", "zeros_like", "copy") and value.args:
            inner = self.of(value.args[0])
            return inner if inner in ("picture", "list") and label in ("copy", "deepcopy") else "array"
        if label == "get":
            return "value"
        if label == "len" and value.args and self.of(value.args[0]) in ("input", "picture", "array"):
            return "height"
        if label == "len" and value.args and self.of(value.args[0]) == "line":
            return "width"
        if label in ("max", "min") and any(part.arg == "key" for part in value.keywords):
            return "item"
        if label.startswith(("binary_", "logical_")) or label == "isin":
            return "mask"
        if label in _NUMBER_CALLS:
            return "number" if label != "count" else "count"
        return "array" if label in _GRID_CALLS else _CALLS.get(label)

    def _binary(self, value: ast.BinOp) -> str | None:
        left, right = self.of(value.left), self.of(value.right)
        for noun in ("array", "mask", "picture", "list", "line", "set"):
            if noun in (left, right):
                return noun
        return left if left in ("row", "column") else "number"

    def _item(self, value: ast.Subscript) -> str | None:
        holder = self.of(value.value)
        if isinstance(value.slice, ast.Slice):
            return holder
        if isinstance(value.slice, ast.Tuple):
            return "array" if any(isinstance(part, ast.Slice) for part in value.slice.elts) else "colour"
        if holder in ("input", "picture", "array", "result"):
            return "line"
        return "colour" if holder == "line" else None


def _is_call(item: ast.expr, label: str) -> bool:
    return isinstance(item, ast.Call) and isinstance(item.func, ast.Name) and item.func.id == label


def _left(value: ast.Compare | ast.BoolOp) -> ast.expr:
    return value.left if isinstance(value, ast.Compare) else value.values[0]


def _constant(value: object) -> str:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, (int, float)) else "value"
