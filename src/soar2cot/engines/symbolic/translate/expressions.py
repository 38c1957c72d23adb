"""From Python expressions to constructs."""

from __future__ import annotations

import ast
from functools import reduce

from soar2cot.engines.symbolic.language.node import Node, integer, node
from soar2cot.engines.symbolic.translate.names import Names
from soar2cot.engines.symbolic.translate.patterns import matches
from soar2cot.engines.symbolic.translate.places import as_place, unit_steps
from soar2cot.engines.symbolic.translate.turns import below, is_range, row_measured, through_numbers

_GRIDS = frozenset(("input", "result", "picture", "array", "mask"))
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.In: "in",
    ast.NotIn: "not_in", ast.Is: "same", ast.IsNot: "not_same",
}  # fmt: skip
_GENERIC_ITEM = ("first", "second", "third", "last", "item")


class NoWordsError(Exception):
    """A construct of Python that the language has no words for; the message names it."""


class Expressions:
    """Translates expressions under the names of one program."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def expression(self, item: ast.expr) -> Node:
        """The construct for a Python expression.

        Raises: NoWordsError: it or a part of it has none.
        """
        method = getattr(self, f"_{type(item).__name__.lower()}", None)
        if method is not None:
            found = method(item)
            if found is not None:
                return found
        return self._pattern(item)

    def _pattern(self, item: ast.expr) -> Node:
        for op, parts in matches(item):
            if not self._fits(op, item):
                continue
            return Node(op, tuple(self.expression(parts[key]) for key in sorted(parts)))
        raise NoWordsError(describe(item))

    def _fits(self, op: str, item: ast.expr) -> bool:
        if op == "width" and isinstance(item, ast.Call):
            inner = item.args[0]
            return isinstance(inner, ast.Subscript) and self.names.kind(inner.value) in _GRIDS
        return True

    # --- leaves

    def _name(self, item: ast.Name) -> Node | None:
        return self.names.node(item.id)

    def _constant(self, item: ast.Constant) -> Node | None:
        value = item.value
        if value is None or isinstance(value, bool):
            return Node({None: "none", True: "true", False: "false"}[value])
        if isinstance(value, int):
            return integer(value)
        if isinstance(value, float):
            return Node("float", (value,))
        if isinstance(value, str):
            return Node("str", (value,))
        raise NoWordsError(f"constant {type(value).__name__}")

    def _unaryop(self, item: ast.UnaryOp) -> Node | None:
        if isinstance(item.op, ast.USub) and isinstance(item.operand, ast.Constant):
            value = item.operand.value
            if isinstance(value, (int, float)) and not isinstance(value, bool) and value:
                return Node("int" if isinstance(value, int) else "float", (-value,))
        return None

    # --- collections

    def _tuple(self, item: ast.Tuple) -> Node | None:
        if len(item.elts) == 2:
            place = as_place(item.elts[0], item.elts[1], self, strict=True)
            if place is not None:
                return place
        return self._sequence("tuple", "empty_tuple", item.elts)

    def _list(self, item: ast.List) -> Node | None:
        steps = unit_steps(item.elts)
        if steps is not None:
            return Node("directions", steps)
        return self._sequence("list", "empty_list", item.elts)

    def _set(self, item: ast.Set) -> Node | None:
        return self._sequence("set", "empty_set", item.elts)

    def _sequence(self, op: str, empty: str, items: list[ast.expr]) -> Node:
        return Node(op, tuple(self.expression(part) for part in items)) if items else Node(empty)

    def _dict(self, item: ast.Dict) -> Node | None:
        if not item.keys:
            return Node("empty_dict")
        pairs: list[Node] = []
        for key, value in zip(item.keys, item.values, strict=True):
            if key is None:
                raise NoWordsError("a table inside a table")
            pairs.append(node("key_value", self.expression(key), self.expression(value)))
        return Node("dict", tuple(pairs))

    def _starred(self, item: ast.Starred) -> Node | None:
        return node("splat", self.expression(item.value))

    # --- operators

    def _boolop(self, item: ast.BoolOp) -> Node | None:
        op = "and" if isinstance(item.op, ast.And) else "or"
        values = self._inside(item) if op == "and" else [self.expression(part) for part in item.values]
        return reduce(lambda a, b: node(op, a, b), values)

    def _inside(self, item: ast.BoolOp) -> list[Node]:
        values: list[Node] = []
        parts = list(item.values)
        while parts:
            if len(parts) > 1:
                bounds = self._bounds(parts[0], parts[1])
                if bounds is not None:
                    values.append(bounds)
                    parts = parts[2:]
                    continue
            values.append(self.expression(parts.pop(0)))
        return values

    def _bounds(self, first: ast.expr, second: ast.expr) -> Node | None:
        rows, columns = _zero_to(first), _zero_to(second)
        if rows is None or columns is None:
            return None
        place = as_place(rows[0], columns[0], self, strict=True)
        if place is None:
            return None
        return node("inside_size", place, self.expression(rows[1]), self.expression(columns[1]))

    def _compare(self, item: ast.Compare) -> Node | None:
        if len(item.ops) == 1:
            return None
        for op, parts in matches(item):
            return Node(op, tuple(self.expression(parts[key]) for key in _within_order(op, parts)))
        left = item.left
        found: list[Node] = []
        for op, right in zip(item.ops, item.comparators, strict=True):
            found.append(node(_COMPARE[type(op)], self.expression(left), self.expression(right)))
            left = right
        return reduce(lambda a, b: node("and", a, b), found)

    # --- parts

    def _subscript(self, item: ast.Subscript) -> Node | None:
        index = item.slice
        if isinstance(index, ast.Tuple):
            return self._cut(item.value, index.elts)
        if isinstance(index, ast.Slice):
            return self._slice(item.value, index)
        inner = item.value
        if (
            isinstance(inner, ast.Subscript)
            and not isinstance(inner.slice, (ast.Slice, ast.Tuple))
            and not self._is_mask(inner.value, inner.slice)
        ):
            place = as_place(inner.slice, index, self, strict=self.names.kind(inner.value) not in _GRIDS)
            if place is not None:
                return node("at", self.expression(inner.value), place)
        return self._part(item.value, index)

    def _part(self, holder: ast.expr, index: ast.expr) -> Node | None:
        kind = self.names.kind(holder)
        if self._is_mask(holder, index):
            return node("marked", self.expression(holder), self.expression(index))
        if kind in ("table", "tally"):
            return node("entry", self.expression(holder), self.expression(index))
        if kind in _GRIDS:
            return node("row", self.expression(holder), self.expression(index))
        return None

    def _is_mask(self, holder: ast.expr, index: ast.expr) -> bool:
        """Whether it takes the cells for which something holds, not a row."""
        kind = self.names.kind(index)
        if kind in ("mask", "array") or isinstance(index, ast.Compare):
            return True  # an array that another one is asked at marks cells, whatever it is called
        return self.names.kind(holder) == "array" and isinstance(index, ast.BinOp) and kind != "number"

    def _cut(self, holder: ast.expr, parts: list[ast.expr]) -> Node | None:
        if len(parts) != 2 or any(isinstance(part, ast.Constant) and part.value is None for part in parts):
            return (
                None if not any(isinstance(part, ast.Slice) for part in parts) else self._unspoken("a cut of more axes")
            )
        first, second = parts
        grid = self.expression(holder)
        if not isinstance(first, ast.Slice) and not isinstance(second, ast.Slice):
            if self.names.kind(holder) in ("table", "tally", "set"):
                return node("entry", grid, self.expression(ast.Tuple(parts, ast.Load())))
            return node("at", grid, as_place(first, second, self, strict=False) or node("none"))
        if not isinstance(second, ast.Slice):
            if isinstance(first, ast.Slice) and _whole(first):
                return node("column", grid, self.expression(second))
            return node("column_part", grid, self.selection(first), self.expression(second))
        if not isinstance(first, ast.Slice):
            if _whole(second):
                return node("row", grid, self.expression(first))
            return node("row_part", grid, self.expression(first), self.selection(second))
        return node("part", grid, self.selection(first), self.selection(second))

    def _unspoken(self, what: str) -> Node:
        raise NoWordsError(what)

    def _slice(self, holder: ast.expr, index: ast.Slice) -> Node | None:
        if _whole(index):
            return node("whole_copy", self.expression(holder))
        return node("items", self.expression(holder), self.selection(index))

    def selection(self, item: ast.expr) -> Node:
        """The construct for a slice."""
        if not isinstance(item, ast.Slice):
            return node("single", self.expression(item))
        if _whole(item):
            return Node("whole")
        step = item.step
        if isinstance(step, ast.UnaryOp) and not item.lower and not item.upper and ast.unparse(step) == "-1":
            return Node("reverse_all")
        label = "_".join(
            word for word, part in (("from", item.lower), ("before", item.upper), ("every", step)) if part is not None
        )
        parts = [self.expression(part) for part in (item.lower, item.upper, step) if part is not None]
        return Node(label, tuple(parts))

    # --- functions

    def _call(self, item: ast.Call) -> Node | None:
        if isinstance(item.func, ast.Name) and self.names.knows(item.func.id):
            return self._own_call(item.func.id, item)
        if isinstance(item.func, ast.Name) and item.func.id in ("max", "min") and len(item.args) > 2:
            return Node(f"{item.func.id}_of", tuple(self.expression(part) for part in item.args))
        if isinstance(item.func, ast.Name) and item.func.id in ("max", "min") and len(item.args) == 1:
            only = item.args[0]
            if isinstance(only, ast.Starred) and not item.keywords:
                return node(item.func.id, self.expression(only.value))
        return None

    def _own_call(self, label: str, item: ast.Call) -> Node:
        function = self.names.node(label)
        assert function is not None
        arguments = self.names.arguments(label, item)
        if arguments is None:
            raise NoWordsError("named arguments of an unknown procedure")
        if not arguments:
            return node("call0", function)
        return Node("call", (function, *self._paired(label, arguments)))

    def _paired(self, label: str, arguments: list[ast.expr]) -> list[Node]:
        fused = self.names.fused_parameters(label)
        found: list[Node] = []
        index = 0
        while index < len(arguments):
            if index in fused and index + 1 < len(arguments):
                place = as_place(arguments[index], arguments[index + 1], self, strict=False)
                assert place is not None
                found.append(place)
                index += 2
            else:
                found.append(self.expression(arguments[index]))
                index += 1
        return found

    def _lambda(self, item: ast.Lambda) -> Node | None:
        if not item.args.args:
            return None
        if item.args.defaults:
            raise NoWordsError("a rule with usual values")
        parameters = [self.names.node(argument.arg) for argument in item.args.args]
        names = [part for part in parameters if part is not None]
        return node("lambda1", names[0] if len(names) == 1 else Node("both", tuple(names)), self.expression(item.body))

    def _listcomp(self, item: ast.ListComp) -> Node | None:
        return Node("listed", (self.expression(item.elt), *self._turns(item.generators)))

    def _setcomp(self, item: ast.SetComp) -> Node | None:
        return Node("gathered", (self.expression(item.elt), *self._turns(item.generators)))

    def _generatorexp(self, item: ast.GeneratorExp) -> Node | None:
        return Node("given", (self.expression(item.elt), *self._turns(item.generators)))

    def _dictcomp(self, item: ast.DictComp) -> Node | None:
        return Node("tabled", (self.expression(item.key), self.expression(item.value), *self._turns(item.generators)))

    def _turns(self, generators: list[ast.comprehension]) -> list[Node]:
        found: list[Node] = []
        index = 0
        while index < len(generators):
            first = generators[index]
            second = generators[index + 1] if index + 1 < len(generators) else None
            cells = self.cell_turn(first, second) if second is not None and not first.ifs else None
            if cells is not None and second is not None:
                found.append(cells)
                first = second
                index += 1
            else:
                found.append(self.turn(first.target, first.iter))
            found += [node("that", self.expression(condition)) for condition in first.ifs]
            index += 1
        return found

    def cell_turn(self, outer: ast.comprehension | ast.For, inner: ast.comprehension | ast.For) -> Node | None:
        """A loop over rows with a loop over columns in it, as one over cells."""
        if not isinstance(outer.target, ast.Name) or not isinstance(inner.target, ast.Name):
            return None
        pair = self.names.pair(outer.target.id, inner.target.id)
        rows, columns = below(outer.iter), below(inner.iter)
        if pair is None or rows is None or columns is None:
            return None
        row, holder = outer.target.id, row_measured(columns, outer.target.id)
        if holder is not None and self.names.kind(holder) not in _GRIDS:
            return None
        if holder is None and any(isinstance(part, ast.Name) and part.id == row for part in ast.walk(columns)):
            return None
        height = self.expression(rows)
        width = self.expression(columns) if holder is None else node("width", self.expression(holder))
        if height.op == "length" and self.names.kind_of(height[0]) in _GRIDS:
            height = node("height", height[0])
        if height.op == "height" and width.op == "width" and height[0] == width[0]:
            return node("cells", pair, height[0])
        return node("cells_size", pair, height, width)

    def turn(self, target: ast.expr, source: ast.expr) -> Node:
        """One turn of a loop: what is taken, from where."""
        named = self.target(target)
        if is_range(source):
            found = through_numbers(named, [self.expression(part) for part in source.args])
            if found is not None:
                return found
        return node("each", named, self.expression(source))

    def target(self, item: ast.expr) -> Node:
        """What a value is bound to."""
        if isinstance(item, (ast.Tuple, ast.List)):
            if len(item.elts) == 2 and all(isinstance(part, ast.Name) for part in item.elts):
                first, second = item.elts
                assert isinstance(first, ast.Name)
                assert isinstance(second, ast.Name)
                pair = self.names.pair(first.id, second.id)
                if pair is not None:
                    return pair
            if len(item.elts) == 1:
                raise NoWordsError("a group of one as a target")
            return Node("both", tuple(self.target(part) for part in item.elts))
        return self.expression(item)


def describe(item: ast.AST) -> str:
    """A short name of a construct, for the list of what has no words."""
    if isinstance(item, ast.Call):
        func = ast.unparse(item.func) if not isinstance(item.func, ast.Attribute) else f".{item.func.attr}"
        return f"call {func}/{len(item.args)}[{','.join(sorted(part.arg or '**' for part in item.keywords))}]"
    if isinstance(item, ast.Attribute):
        return f"attribute .{item.attr}"
    return f"name {item.id}" if isinstance(item, ast.Name) else type(item).__name__


def _whole(item: ast.Slice) -> bool:
    return item.lower is None and item.upper is None and item.step is None


def _zero_to(item: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    if not isinstance(item, ast.Compare) or [type(op) for op in item.ops] != [ast.LtE, ast.Lt]:
        return None
    if not isinstance(item.left, ast.Constant) or item.left.value != 0:
        return None
    return item.comparators[0], item.comparators[1]


def _within_order(op: str, parts: dict[int, ast.expr]) -> list[int]:
    return sorted(parts)
