"""The intermediate representation: what a method says, as a tree. Text and tree stand for each other exactly."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias, final

Arg: TypeAlias = "Node | int | float | str | bool | None"
LOOPS = frozenset(
    ("for", "for_every", "for_over", "for_first")
)  # their first part is the turn, the second what is done
HEADED = LOOPS | {"for_else", "while", "forever", "if", "define", "try"}  # statements with others below them
_NAMED = frozenset(("name", "pair"))
_BITS: dict[str, int] = {}  # a bit for every construct that was met


@final
class Node:
    """One construct, never changed once it is made. `op` names its phrase; `args` are its parts in the phrase's order.

    Leaves: `int`, `colour`, `float`, `str`, `name`, `pair` (a cell or direction: two numbers under one name). Only they
    hold what is no construct.
    A class written out, as nothing is made, compared and hashed more often: the hash is taken once.

    Args: lines: the lines of the program that it comes from, bit n for line n from 1; 0 where none is known. Two
                 constructs that say the same are equal, wherever they come from. Of a block they are those of all that
                 was done in it, but for loops.
    Attributes: ops: the bits of all constructs that it is or holds (`bits`), as every walk asks for them.
    """

    __slots__ = ("_below", "_hash", "_names", "args", "lines", "nodes", "op", "ops")

    def __init__(self, op: str, args: tuple[Arg, ...] = (), lines: int = 0) -> None:
        self.op = op
        self.args = args
        self.lines = lines
        # the parts that are constructs themselves: all of them, or none of a leaf
        self.nodes: tuple[Node, ...] = args if args and isinstance(args[0], Node) else ()  # type: ignore[assignment]
        ops = _BITS.get(op) or _bit(op)
        for part in self.nodes:
            ops |= part.ops
        self.ops = ops
        self._hash: int | None = None
        self._below: tuple[Node, ...] | None = None
        self._names: Counter[Node] | None = None

    def __hash__(self) -> int:
        found = self._hash
        if found is None:
            found = self._hash = hash((self.op, self.args))
        return found

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Node):
            return NotImplemented
        # unlike ones mostly differ in the first part; a hash would have to be taken of all parts of both
        return self.op == other.op and self.args == other.args

    def __repr__(self) -> str:
        return f"{self.op}({', '.join(map(repr, self.args))})"

    def __getitem__(self, index: int) -> Node:
        """The part at `index`, which must be a construct."""
        if not self.nodes:
            raise TypeError(f"{self.op}: part {index} of {self.args!r} is no construct")
        return self.nodes[index]

    @property
    def below(self) -> tuple[Node, ...]:
        """All parts and their parts, outermost first; gathered once, as passes ask again and again."""
        found = self._below
        if found is None:
            parts: list[Node] = []
            for part in self.nodes:
                parts.append(part)
                parts += part.below
            found = self._below = tuple(parts)
        return found

    @property
    def names(self) -> Counter[Node]:
        """How often each name or pair occurs in it; counted once, so nobody may change it."""
        if not self.nodes:  # not kept in it: a name that holds itself would be left to the garbage collector
            return _alone(self) if self.op in _NAMED else _NOTHING
        found = self._names
        if found is None:
            naming = [part for part in self.nodes if part.ops & _NAMES]
            if len(naming) == 1 and naming[0].nodes:
                found = naming[0].names  # one and the same count for all that stands around it
            else:
                found = Counter([part for part in self.below if part.op in _NAMED])
            self._names = found
        return found

    def holds(self, ops: int) -> bool:
        """Whether it is, or has below it, a construct of these (`bits`); may be true where there is none."""
        return self.ops & ops != 0

    def of(self, args: tuple[Arg, ...]) -> Node:
        """The same construct made of these parts; itself where they are its own, so that all that is known of it stays.

        What stays as it is need not be looked through, counted, compared or compiled again.
        """
        same = len(args) == len(self.args) and all(map(operator.is_, args, self.args))
        return self if same else Node(self.op, args, self.lines)

    def at_lines(self, lines: int) -> Node:
        """The same, said to come from these lines too."""
        return self if self.lines | lines == self.lines else Node(self.op, self.args, self.lines | lines)


def bits(ops: Iterable[str]) -> int:
    """The constructs of these names, for `Node.holds`."""
    found = 0
    for op in ops:
        found |= _bit(op)
    return found


def _bit(op: str) -> int:
    found = _BITS.get(op)
    return _BITS.setdefault(op, 1 << len(_BITS)) if found is None else found


_NAMES = bits(_NAMED)
_NOTHING: Counter[Node] = Counter()


@lru_cache(maxsize=1024)
def _alone(leaf: Node) -> Counter[Node]:
    return Counter((leaf,))


def node(op: str, *args: Arg) -> Node:
    """Shorthand for `Node(op, args)`."""
    return Node(op, args)


def name(text: str) -> Node:
    """A named quantity."""
    return Node("name", (text,))


def integer(value: int) -> Node:
    """A whole number."""
    return Node("int", (value,))


def walk(root: Node) -> tuple[Node, ...]:
    """The construct and all its parts, outermost first."""
    return (root, *root.below)


def all_lines(*roots: Node) -> int:
    """The lines of the program that these constructs or any parts of them come from."""
    found = 0
    for root in roots:
        found |= root.lines if root.op != "block" else 0
        for item in root.below:
            if item.op != "block":
                found |= item.lines
    return found


def region_lines(*roots: Node) -> int:
    """As `all_lines`, with those of statements that were left out of their blocks, as they made no difference."""
    found = 0
    for root in roots:
        for item in walk(root):
            found |= item.lines
    return found


def replace_leaf(root: Node, old: Node, new: Node) -> Node:
    """As `rewrite` with `new` in place of every `old`, which has no parts: so what has some need not be compared."""
    if not root.nodes:
        return new.at_lines(root.lines & ~all_lines(new)) if root == old else root
    args: list[Arg] | None = None
    for index, part in enumerate(root.nodes):
        replaced = replace_leaf(part, old, new) if part.ops & old.ops else part
        if replaced is not part:
            args = list(root.args) if args is None else args
            args[index] = replaced
    return root if args is None else Node(root.op, tuple(args), root.lines)


def rewrite(root: Node, change: Callable[[Node], Node], ops: int = -1) -> Node:
    """The tree with `change` applied to every construct, innermost first.

    What stands in place of another construct comes from the lines of both.

    Args: ops: the constructs that `change` can change (`bits`): what holds none of them stays as it is.
    """
    if not root.ops & ops:
        return root
    args: list[Arg] | None = None
    for index, part in enumerate(root.nodes):
        new = rewrite(part, change, ops) if part.ops & ops else part
        if new is not part:
            args = list(root.args) if args is None else args
            args[index] = new
    before = root if args is None else Node(root.op, tuple(args), root.lines)
    after = change(before)
    return after if after is before or after.op == "block" else after.at_lines(all_lines(before) & ~all_lines(after))
