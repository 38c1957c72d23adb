"""Questions that passes ask of a method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

from soar2cot.engines.symbolic.language.node import Node, all_lines, bits, replace_leaf, rewrite, walk
from soar2cot.engines.symbolic.phrasebook.effects import EFFECTS

_CHANGES = frozenset(
    [
        "grow",
        "shrink",
        "scale",
        "divide",
        "divide_true",
        "reduce_mod",
        "mark_or",
        "mark_and",
        "mark_xor",
        "append",
        "add",
        "append_left",
        "extend",
        "update",
        "insert",
        "remove",
        "discard",
        "clear",
        "sort",
        "sort_down",
        "sort_by",
        "sort_by_down",
        "reverse",
        "fill",
        "fill_diagonal",
        "shuffle",
    ]
)
TURNS = frozenset(
    [
        "each",
        "each_below",
        "from_below",
        "from_to",
        "down_to",
        "cells",
        "cells_size",
        "cells_down",
        "cells_that_are",
        "cells_that_are_not",
        "beside",
        "touching",
        "diagonal_to",
        "near_cells",
        "near_rows",
        "near_columns",
    ]
)


_BLOCK = bits(["block"])
_IMPURE = bits(EFFECTS | _CHANGES)
_NAMED = frozenset(("name", "pair"))
_PARTED = frozenset(("name", "pair", "row_of", "column_of"))
_CHANGED = frozenset(("grow", "shrink", "scale", "divide", "divide_true", "reduce_mod", "forget"))
_BINDERS = bits(TURNS | {"let", "define", "block"})
_BINDING = TURNS | _CHANGED | {"let", "lambda1", "define"}


def names_in(item: Node) -> Counter[Node]:
    """How often each name or pair occurs."""
    return item.names


@lru_cache(maxsize=64)
def bindings(method: Node) -> Counter[Node]:
    """How often each name is bound: by a let, a loop, a procedure's head or a change in place.

    Passes ask it of one method after the other, several times of each: what was counted last is kept, so nobody may
    change it.
    """
    found: Counter[Node] = Counter()
    for item in walk(method):
        if item.op not in _BINDING:
            continue
        target = item[0]
        if item.op in _CHANGED:
            found.update(names_in(target).keys() if target.op in _PARTED else ())
        elif item.op == "define" or target.op in _NAMED:
            found[target] += 1
        else:
            found.update(names_in(target).keys())
        if item.op == "define" and len(item.args) == 3:
            found.update(names_in(item[2]).keys())
    return found


def pure(item: Node) -> bool:
    """Whether asking twice, or not at all, changes nothing."""
    return not item.holds(_IMPURE)


def substitute(root: Node, old: Node, new: Node) -> Node:
    """The tree with every `old` replaced."""
    if not old.nodes:
        return replace_leaf(root, old, new)
    return rewrite(root, lambda item: new if item == old else item, bits([old.op]))


def map_blocks(root: Node, change: Callable[[tuple[Node, ...]], Iterable[Node]]) -> Node:
    """The tree with `change` applied to the statements of every block, innermost first."""

    if root.op != "block":
        return _map_below(root, change)
    old = tuple([_map_below(item, change) for item in root.nodes])
    new = tuple(change(old))
    return root if root.of(new) is root else Node("block", _with_lines(old, new), root.lines)


def _map_below(item: Node, change: Callable[[tuple[Node, ...]], Iterable[Node]]) -> Node:
    """The statement with its blocks changed; expressions hold none."""
    if not item.holds(_BLOCK):
        return item
    return item.of(tuple([map_blocks(part, change) if part.op == "block" else part for part in item.nodes]))


def _with_lines(old: tuple[Node, ...], new: tuple[Node, ...]) -> tuple[Node, ...]:
    """The new statements; those that were made come from the lines of those that they replace."""
    kept = {id(item) for item in new}
    gone = all_lines(*[item for item in old if id(item) not in kept]) & ~all_lines(*new)
    known = {id(item) for item in old}
    return tuple([item if not gone or id(item) in known else item.at_lines(gone) for item in new])


def asked(item: Node) -> set[Node]:
    """The names that a construct asks for and does not bind before."""
    if not item.holds(_BINDERS):
        return set(item.names)
    if item.op == "block":
        return _in_turn(item)
    if item.op == "let":
        return asked(item[1]) if labels(item[0]) else asked(item[0]) | asked(item[1])
    found = asked_by_turns(item)
    for part in item.nodes:
        found |= asked(part) if part.op not in TURNS else set()
    bound = [turn[0] for turn in item.nodes if turn.op in TURNS]
    bound += [item[2]] if item.op == "define" and len(item.args) == 3 else []
    return found.difference(label for target in bound for label in labels(target))


def _in_turn(block: Node) -> set[Node]:
    bound: set[Node] = set()
    found: set[Node] = set()
    for item in block.nodes:
        found |= asked(item) - bound
        bound.update(labels(item[0]) if item.op == "let" else ())
    return found


def asked_by_turns(item: Node) -> set[Node]:
    """The names asked for by what the turns of a construct go through."""
    found: set[Node] = set()
    for turn in item.nodes:
        for part in turn.nodes[bool(labels(turn[0])) :] if turn.op in TURNS else ():
            found |= asked(part)
    return found


def labels(target: Node) -> list[Node]:
    """The names that a target binds as a whole."""
    parts = target.nodes if target.op == "both" else (target,)
    return list(parts) if all(part.op in ("name", "pair") for part in parts) else []


def head_of(item: Node) -> Node:
    """A statement without the blocks below it."""
    return Node(item.op, tuple(part for part in item.nodes if part.op != "block"))


def paints(item: Node, grid: Node) -> bool:
    """Whether anything is put into a grid, or into a part of it."""
    return any(part.op in ("put", "remap") and part[0].nodes and part[0][0] == grid for part in walk(item))


def joined(condition: Node, op: str) -> list[Node]:
    """The conditions that `op`, `and` or `or`, joins to one."""
    return [*joined(condition[0], op), *joined(condition[1], op)] if condition.op == op else [condition]
