"""A second name for what has one already: another name, the row or the column of a cell."""

from __future__ import annotations

from functools import partial

from soar2cot.engines.symbolic.language.node import Node, bits
from soar2cot.engines.symbolic.simplify.trees import TURNS, bindings, map_blocks, names_in, substitute

_NAMES = frozenset(("name", "pair"))
_PARTS = frozenset(("row_of", "column_of"))
MAX_CHAIN = 3
_TURNS = bits(TURNS)


def inline_aliases(method: Node) -> Node:
    """`let value A be cell B's row; let value C be value A` as if only cell B's row had been spoken of.

    A procedure put where it is done leaves such names for its parameters. All that ask for the name must follow in
    the same block, or in loops that bind it anew, and nothing there may bind again what it stands for.
    """
    for _ in range(MAX_CHAIN):
        shorter = map_blocks(method, partial(_without, method=method, free={}))
        if shorter is method:
            break
        method = shorter
    return method


def _without(items: tuple[Node, ...], *, method: Node, free: dict[Node, int]) -> tuple[Node, ...]:
    place = 0
    while place < len(items):
        let, later = items[place], items[place + 1 :]
        if _is_alias(let) and _all_follow(let, Node("block", later), method, free):
            changed = (substitute(item, let[0], let[1]) for item in later)
            items = (*items[:place], *changed)
        else:
            place += 1
    return items


def _is_alias(item: Node) -> bool:
    if item.op != "let" or item[0].op not in _NAMES or "result" in str(item[0].args[0]):
        return False
    value = item[1][0] if item[1].op in _PARTS else item[1]
    if item[1].op in _PARTS and "cell" not in str(value.args[0]):
        return False  # two values that come together may have been taken for a direction: their own names say more
    return value.op in _NAMES and value != item[0] and (item[1].op in _PARTS or item[0].op == item[1].op)


def _all_follow(let: Node, later: Node, method: Node, free: dict[Node, int]) -> bool:
    label = let[0]
    if label not in free:
        free[label] = free_uses(method, label)
    again = bindings(later)
    if again[label] or any(again[part] for part in names_in(let[1])):
        return False
    return free_uses(later, label) == free[label] - 1


def free_uses(item: Node, label: Node) -> int:
    """How often a name occurs, but where a loop binds it anew."""
    return item.names[label] - _bound_uses(item, label)


def _bound_uses(item: Node, label: Node) -> int:
    """How often a name occurs where a loop binds it anew; only what holds loops is looked through."""
    if not item.holds(_TURNS) or label not in item.names:
        return 0
    turns = [part for part in item.nodes if part.op in TURNS]
    if any(label in names_in(turn[0]) for turn in turns):
        return item.names[label] - sum(free_uses(part, label) for turn in turns for part in turn.nodes[1:])
    return sum(_bound_uses(part, label) for part in item.nodes)
