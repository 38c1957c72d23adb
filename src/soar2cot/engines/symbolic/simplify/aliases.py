"""A second name for what has one already: another name, the row or the column of a cell."""

from __future__ import annotations

from functools import partial

from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.simplify.trees import bindings, map_blocks, names_in, substitute

_NAMES = frozenset(("name", "pair"))
_PARTS = frozenset(("row_of", "column_of"))
MAX_CHAIN = 3


def inline_aliases(method: Node) -> Node:
    """`let value A be cell B's row; let value C be value A` as if only cell B's row had been spoken of.

    A procedure put where it is done leaves such names for its parameters. The name must be bound once, all that ask
    for it must follow in the same block, and nothing there may bind again what it stands for.
    """
    for _ in range(MAX_CHAIN):
        shorter = map_blocks(method, partial(_without, bound=bindings(method), used=names_in(method)))
        if shorter is method:
            break
        method = shorter
    return method


def _without(items: tuple[Node, ...], *, bound: dict[Node, int], used: dict[Node, int]) -> tuple[Node, ...]:
    place = 0
    while place < len(items):
        let, later = items[place], items[place + 1 :]
        if _is_alias(let) and bound[let[0]] == 1 and _all_follow(let, later, used):
            changed = (substitute(item, let[0], let[1]) for item in later)
            items = (*items[:place], *changed)
        else:
            place += 1
    return items


def _is_alias(item: Node) -> bool:
    if item.op != "let" or item[0].op not in _NAMES or "result" in str(item[0].args[0]):
        return False
    value = item[1][0] if item[1].op in _PARTS else item[1]
    return value.op in _NAMES and value != item[0] and (item[1].op in _PARTS or item[0].op == item[1].op)


def _all_follow(let: Node, later: tuple[Node, ...], used: dict[Node, int]) -> bool:
    block = Node("block", later)
    again = bindings(block)
    return names_in(block)[let[0]] == used[let[0]] - 1 and not any(again[label] for label in names_in(let[1]))
