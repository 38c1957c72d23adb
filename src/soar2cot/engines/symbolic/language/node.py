"""The intermediate representation: what a method says, as a tree. Text and tree stand for each other exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

Arg: TypeAlias = "Node | int | float | str | bool | None"


@dataclass(frozen=True, slots=True)
class Node:
    """One construct. `op` names its phrase; `args` are its parts in the phrase's own order.

    Leaves: `int`, `colour`, `float`, `str`, `name`, `pair` (a cell or direction: two numbers under one name).
    """

    op: str
    args: tuple[Arg, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The parts that are constructs themselves."""
        return tuple(arg for arg in self.args if isinstance(arg, Node))

    def __getitem__(self, index: int) -> Node:
        """The part at `index`, which must be a construct."""
        arg = self.args[index]
        if not isinstance(arg, Node):
            raise TypeError(f"{self.op}: part {index} is {arg!r}, not a construct")
        return arg


def node(op: str, *args: Arg) -> Node:
    """Shorthand for `Node(op, args)`."""
    return Node(op, args)


def name(text: str) -> Node:
    """A named quantity."""
    return Node("name", (text,))


def integer(value: int) -> Node:
    """A whole number."""
    return Node("int", (value,))


def walk(root: Node) -> Iterator[Node]:
    """The construct and all its parts, outermost first."""
    stack = [root]
    while stack:
        item = stack.pop()
        yield item
        stack.extend(reversed(item.nodes))


def rewrite(root: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with `change` applied to every construct, innermost first."""
    args = tuple(rewrite(arg, change) if isinstance(arg, Node) else arg for arg in root.args)
    return change(root if args == root.args else Node(root.op, args))
