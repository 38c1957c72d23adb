"""Names of a program as roles of the language."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict

from soar2cot.engines.symbolic.language.names import letters
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.translate.kinds import Kinds
from soar2cot.engines.symbolic.translate.pairs import find_pairs
from soar2cot.engines.symbolic.translate.resolve import Program
from soar2cot.engines.symbolic.translate.syntax import everything, in_order


class Names:
    """What every name of a program is called in the text; which of them are two halves of a cell."""

    def __init__(self, program: Program) -> None:
        self._everything: list[ast.stmt] = [*program.constants, *program.functions, *program.body]
        parts = everything(ast.Module(self._everything, []))
        self._functions = {item.name: item for item in parts if isinstance(item, ast.FunctionDef)}
        self.kinds = Kinds(parts, program.parameter)
        self._pairs = find_pairs(parts, self.kinds, self._functions)
        self._nodes: dict[str, Node] = {}
        self._noun_of: dict[str, str] = {}
        self._halves: dict[tuple[str, str], Node] = {}
        self._name_all(program)

    def _name_all(self, program: Program) -> None:
        order = _in_order(self._everything, program.parameter)
        nouns = {label: self.kinds.noun.get(label, "value") for label in order}
        result = _returned(program.body, nouns)
        if result is not None:
            nouns[result] = "result"
        halves = {half: pair for pair in self._pairs for half in pair}
        units: list[tuple[str, tuple[str, ...]]] = []
        for label in order:
            if label in halves:
                pair = halves[label]
                if all(members != pair for _, members in units):
                    units.append((self._pairs[pair], pair))
            else:
                units.append((nouns[label], (label,)))
        self._give(units)

    def _give(self, units: list[tuple[str, tuple[str, ...]]]) -> None:
        totals = Counter(noun for noun, _ in units)
        used: dict[str, int] = defaultdict(int)
        for noun, members in units:
            label = f"the {noun}" if totals[noun] == 1 else f"{noun} {letters(used[noun])}"
            used[noun] += 1
            for member in members:
                self._noun_of[label] = noun
                if len(members) == 1:
                    self._nodes[member] = Node("name", (label,))
            if len(members) == 2:
                pair = Node("pair", (label,))
                self._halves[members[0], members[1]] = pair
                self._nodes[members[0]] = Node("row_of", (pair,))
                self._nodes[members[1]] = Node("column_of", (pair,))

    def node(self, label: str) -> Node | None:
        """What a name is in the text, None where it is not the program's own."""
        return self._nodes.get(label)

    def knows(self, label: str) -> bool:
        """Whether it is one of the program's own names."""
        return label in self._nodes

    def pair(self, first: str, second: str) -> Node | None:
        """The cell whose row and column these two are."""
        return self._halves.get((first, second))

    def kind(self, item: ast.expr) -> str | None:
        """The noun for a value."""
        return self.kinds.of(item)

    def kind_of(self, item: Node) -> str | None:
        """The noun of a named quantity."""
        return self._noun_of.get(str(item.args[0])) if item.op == "name" else None

    def arguments(self, label: str, call: ast.Call) -> list[ast.expr] | None:
        """The arguments of a call by position, None where they cannot be put in order."""
        if not call.keywords:
            return list(call.args)
        function = self._functions.get(label)
        if function is None:
            return None
        parameters = [item.arg for item in function.args.args]
        given = {part.arg: part.value for part in call.keywords}
        rest = [given.pop(_original(item, given), None) for item in parameters[len(call.args) :]]
        kept = [item for item in rest if item is not None]
        return [*call.args, *kept] if not given and None not in rest[: len(kept)] else None

    def fused_parameters(self, label: str) -> set[int]:
        """The positions at which a procedure takes a row, its column following."""
        function = self._functions.get(label)
        parameters = [item.arg for item in function.args.args] if function is not None else []
        return {
            index for index in range(len(parameters) - 1) if (parameters[index], parameters[index + 1]) in self._halves
        }


def _original(label: str, given: dict[str | None, ast.expr]) -> str | None:
    return label if label in given else None


def _in_order(items: list[ast.stmt], parameter: str) -> list[str]:
    found: dict[str, None] = {parameter: None}
    for item in in_order(items):
        if isinstance(item, ast.Name) and item.id[0] == "x" and item.id[1:].isdigit():
            found.setdefault(item.id)
        elif isinstance(item, ast.arg):
            found.setdefault(item.arg)
        elif isinstance(item, ast.FunctionDef):
            found.setdefault(item.name)
    return list(found)


def _returned(body: list[ast.stmt], nouns: dict[str, str]) -> str | None:
    for item in reversed(body):
        if isinstance(item, ast.Return) and item.value is not None:
            value = item.value
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "tolist":
                value = value.func.value
            if isinstance(value, ast.Name) and nouns.get(value.id) not in (None, "input", "procedure"):
                return value.id
    return None
