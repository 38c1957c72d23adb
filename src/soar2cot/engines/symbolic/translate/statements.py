"""From Python statements to constructs."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

from soar2cot.engines.symbolic.language.layout import check_head
from soar2cot.engines.symbolic.language.node import Node, node
from soar2cot.engines.symbolic.language.writer import CannotSayError
from soar2cot.engines.symbolic.translate.expressions import Expressions, NoWordsError, describe
from soar2cot.engines.symbolic.translate.names import Names
from soar2cot.engines.symbolic.translate.pairs import neighbours
from soar2cot.engines.symbolic.translate.patterns import matches
from soar2cot.engines.symbolic.translate.places import as_place
from soar2cot.engines.symbolic.translate.resolve import Program
from soar2cot.engines.symbolic.translate.syntax import statements_of

_GROWTH: dict[type[ast.operator], str] = {
    ast.Add: "grow", ast.Sub: "shrink", ast.Mult: "scale", ast.FloorDiv: "divide", ast.Div: "divide_true",
    ast.Mod: "reduce_mod", ast.BitOr: "mark_or", ast.BitAnd: "mark_and", ast.BitXor: "mark_xor",
}  # fmt: skip


class Statements:
    """Translates a program. What has no words becomes literal code, counted by construct in `unnamed`.

    `checked`: every sentence is tried at once, so that one that cannot be said costs itself alone.
    """

    def __init__(self, program: Program, *, checked: bool = True) -> None:
        self._checked = checked
        self._program = program
        self._names = Names(program)
        self._words = Expressions(self._names)
        self._depth = 0
        self.unnamed: Counter[str] = Counter()

    def method(self) -> Node:
        """The whole program as one block."""
        items = [*self._program.constants, *self._program.functions, *self._program.body]
        return self._block(items)

    def _block(self, items: list[ast.stmt]) -> Node:
        found: list[Node] = []
        index = 0
        while index < len(items):
            both = self._both(items[index], items[index + 1]) if index + 1 < len(items) else None
            found += [both] if both is not None else self._safe(items[index])
            index += 2 if both is not None else 1
        return Node("block", tuple(found), _lines_of(items))

    def _both(self, first: ast.stmt, second: ast.stmt) -> Node | None:
        """Two assignments that together move a cell."""
        names = neighbours(first, second)
        pair = self._names.pair(*names) if names is not None else None
        if pair is None or not isinstance(first, ast.Assign) or not isinstance(second, ast.Assign):
            return None
        try:
            place = as_place(first.value, second.value, self._words, strict=False)
        except NoWordsError:
            return None
        return _from_lines(node("let", pair, place), _head_lines(first) | _head_lines(second)) if place else None

    def _safe(self, item: ast.stmt) -> list[Node]:
        try:
            found = self._statement(item)
            if self._checked:
                for statement in found:
                    check_head(statement)
        except (NoWordsError, CannotSayError) as error:
            self.unnamed[str(error).split(":")[0]] += 1
            return [Node("literal", (ast.unparse(item),), _all_lines(item))]
        return found

    def _statement(self, item: ast.stmt) -> list[Node]:
        method = getattr(self, f"_{type(item).__name__.lower()}", None)
        if method is None:
            raise NoWordsError(f"statement {type(item).__name__}")
        return [_from_lines(found, _head_lines(item)) for found in method(item)]

    def _assign(self, item: ast.Assign) -> list[Node]:
        value = self._value(item)
        found: list[Node] = []
        for target in item.targets:
            found.append(self._bind(self._words.target(target), value))
            value = self._words.expression(item.targets[0]) if len(item.targets) > 1 else value
        return found

    def _value(self, item: ast.Assign) -> Node:
        target, value = item.targets[0], item.value
        if self._words.target(target).op == "pair" and isinstance(value, ast.Tuple) and len(value.elts) == 2:
            place = as_place(value.elts[0], value.elts[1], self._words, strict=False)
            if place is not None:
                return place
        return self._words.expression(value)

    def _bind(self, target: Node, value: Node) -> Node:
        return node("let" if target.op in ("name", "pair", "both") else "put", target, value)

    def _augassign(self, item: ast.AugAssign) -> list[Node]:
        op = _GROWTH.get(type(item.op))
        if op is None:
            raise NoWordsError(f"in-place {type(item.op).__name__}")
        return [node(op, self._words.expression(item.target), self._words.expression(item.value))]

    def _for(self, item: ast.For) -> list[Node]:
        if not item.orelse and len(item.body) == 1 and isinstance(item.body[0], ast.For):
            inner = item.body[0]
            turn = self._words.cell_turn(item, inner) if not inner.orelse and not _stops(inner) else None
            if turn is not None:
                cells = node("for", turn, self._block(inner.body))
                return [_from_lines(cells, _head_lines(item) | _head_lines(inner))]
        turn = self._words.turn(item.target, item.iter)
        body = self._block(item.body)
        return [node("for_else", turn, body, self._block(item.orelse)) if item.orelse else node("for", turn, body)]

    def _while(self, item: ast.While) -> list[Node]:
        if item.orelse:
            raise NoWordsError("while with else")
        body = self._block(item.body)
        if isinstance(item.test, ast.Constant) and item.test.value:
            return [node("forever", body)]
        return [node("while", self._words.expression(item.test), body)]

    def _if(self, item: ast.If) -> list[Node]:
        test, body = self._words.expression(item.test), self._block(item.body)
        return [node("if", test, body, self._block(item.orelse)) if item.orelse else node("if", test, body)]

    def _return(self, item: ast.Return) -> list[Node]:
        if item.value is None:
            return [Node("stop") if self._depth else node("answer", Node("none"))]
        value = item.value
        if not self._depth and isinstance(value, ast.Call):
            func = value.func
            value = func.value if isinstance(func, ast.Attribute) and func.attr == "tolist" else value
        return [node("give" if self._depth else "answer", self._words.expression(value))]

    def _expr(self, item: ast.Expr) -> list[Node]:
        for op, parts in matches(item.value):
            return [Node(op if _is_statement(op) else "do", self._parts(op, parts, item.value))]
        return [node("do", self._words.expression(item.value))]

    def _parts(self, op: str, parts: dict[int, ast.expr], value: ast.expr) -> tuple[Node, ...]:
        if not _is_statement(op):
            return (self._words.expression(value),)
        return tuple(self._words.expression(parts[key]) for key in sorted(parts))

    def _functiondef(self, item: ast.FunctionDef) -> list[Node]:
        label = self._names.node(item.name)
        if label is None:
            raise NoWordsError("a procedure without a name")
        self._depth += 1
        try:
            body = self._block(item.body)
        finally:
            self._depth -= 1
        parameters = self._parameters(item)
        if not parameters:
            return [node("define", label, body)]
        return [node("define", label, body, parameters[0] if len(parameters) == 1 else Node("both", tuple(parameters)))]

    def _parameters(self, item: ast.FunctionDef) -> list[Node]:
        fused = self._names.fused_parameters(item.name)
        arguments = item.args.args
        first_usual = len(arguments) - len(item.args.defaults)
        found: list[Node] = []
        for index, argument in enumerate(arguments):
            if index - 1 in fused:
                continue
            label = self._names.node(argument.arg)
            assert label is not None
            if index in fused:
                label = label[0]
            if index >= first_usual:
                label = node("usually", label, self._words.expression(item.args.defaults[index - first_usual]))
            found.append(label)
        return found

    def _try(self, item: ast.Try) -> list[Node]:
        if item.orelse or item.finalbody or len(item.handlers) != 1 or item.handlers[0].name:
            raise NoWordsError("try with more than one handler")
        return [node("try", self._block(item.body), self._block(item.handlers[0].body))]

    def _break(self, item: ast.Break) -> list[Node]:
        return [Node("leave")]

    def _continue(self, item: ast.Continue) -> list[Node]:
        return [Node("skip")]

    def _pass(self, item: ast.Pass) -> list[Node]:
        return [Node("nothing")]

    def _raise(self, item: ast.Raise) -> list[Node]:
        return [Node("fail")]

    def _delete(self, item: ast.Delete) -> list[Node]:
        return [node("forget", self._words.expression(target)) for target in item.targets]

    def _nonlocal(self, item: ast.Nonlocal) -> list[Node]:
        found = [self._names.node(label) for label in item.names]
        return [Node("shares", tuple(part for part in found if part is not None))]

    def _assert(self, item: ast.Assert) -> list[Node]:
        return [node("if", node("not", self._words.expression(item.test)), node("block", Node("fail")))]


def _head_lines(item: ast.stmt) -> int:
    """The lines of a statement without those of its blocks, bit n for line n; 0 for what no program holds."""
    first, last = getattr(item, "lineno", 0), getattr(item, "end_lineno", 0) or 0
    body: list[ast.stmt] = getattr(item, "body", None) or []
    last = max(first, getattr(body[0], "lineno", first) - 1) if body else max(first, last)
    return (1 << last + 1) - (1 << first) if first else 0


def _lines_of(items: Sequence[ast.stmt]) -> int:
    """The lines of statements and of those that hang on their conditions, without loops and procedures.

    A block keeps them where passes leave statements out, so that an idiom that stands for all of it tells them too.
    """
    found = 0
    for item in items:
        if isinstance(item, ast.If):
            found |= _head_lines(item) | _lines_of(item.body) | _lines_of(item.orelse)
        elif not isinstance(item, (ast.For, ast.While, ast.FunctionDef, ast.Try)):
            found |= _head_lines(item)
    return found


def _all_lines(item: ast.stmt) -> int:
    first, last = getattr(item, "lineno", 0), getattr(item, "end_lineno", 0) or 0
    return (1 << max(first, last) + 1) - (1 << first) if first else 0


def _from_lines(found: Node, lines: int) -> Node:
    """The statement and the expressions at its head, said to come from these lines, wherever passes put them later."""
    args = tuple(
        part.at_lines(lines) if isinstance(part, Node) and part.op != "block" and not part.lines else part
        for part in found.args
    )
    return Node(found.op, args, found.lines | lines)


def _stops(loop: ast.For) -> bool:
    """Whether the loop's own body can leave it."""
    stack: list[ast.AST] = list(loop.body)
    while stack:
        item = stack.pop()
        if isinstance(item, ast.Break):
            return True
        if not isinstance(item, (ast.For, ast.While, ast.FunctionDef)):
            stack.extend(statements_of(item))
    return False


def _is_statement(op: str) -> bool:
    from soar2cot.engines.symbolic.phrasebook.book import phrases

    return phrases()[op].category == "s"


__all__ = ["Statements", "describe"]
