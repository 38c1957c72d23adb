"""Searches that keep the best so far: the extent of a set of cells, the nearest, the largest, the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.idioms.regions import instead, loops, unrolled
from soar2cot.engines.symbolic.language.names import free_name
from soar2cot.engines.symbolic.language.node import Node, node, walk
from soar2cot.engines.symbolic.phrasebook.entry import entry
from soar2cot.engines.symbolic.phrasebook.turns import EXTREMES
from soar2cot.engines.symbolic.simplify.trees import names_in, pure

_SIDES = {
    ("min", "row_of"): "top", ("max", "row_of"): "bottom",
    ("min", "column_of"): "leftmost", ("max", "column_of"): "rightmost",
}  # fmt: skip
_BETTER = {"lt": "least_of", "le": "last_least_of", "gt": "greatest_of", "ge": "last_greatest_of"}
MAX_PARTS = 56  # of a choice: what is compared, what is kept, the turns
_FLIPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}


def propose(method: Node) -> Iterator[Proposal]:
    """Loops that compare with what they have kept."""
    used = names_in(method)
    for block, index in loops(method):
        turns, body = unrolled(block[index])
        yield from _extent(method, block, index, turns, body)
        yield from _best(block, index, turns, body, used)


def _extent(method: Node, block: Node, index: int, turns: list[Node], body: tuple[Node, ...]) -> Iterator[Proposal]:
    """Lowest and highest rows and columns, one statement each."""
    kept = [_kept(item) for item in body]
    cells = {value[0] for found in kept if found is not None for value in (found[2],) if value.nodes}
    if not kept or None in kept or len(cells) != 1:
        return
    cell = cells.pop()
    if any(found is None or (found[0], found[2].op) not in _SIDES for found in kept):
        return
    listed = Node("listed", (cell, *turns))
    held = turns[0][1] if len(turns) == 1 and turns[0].op == "each" and turns[0][1].op == "name" else None
    label = held or free_name(method, "list")
    said = [] if held else [node("let", label, listed)]
    said += [node("let", found[1], node(_SIDES[found[0], found[2].op], label)) for found in kept if found is not None]
    yield instead(block, index, index + 1, *said)


def _kept(item: Node) -> tuple[str, Node, Node] | None:
    """(min or max, the name, what it is compared with) where a statement keeps the lower or the higher."""
    if item.op == "let" and item[1].op in ("min2", "max2") and item[0] in item[1].nodes:
        value = item[1][1] if item[1][0] == item[0] else item[1][0]
        return item[1].op[:3], item[0], value
    if item.op == "if" and len(item.args) == 2 and item[0].op in _FLIPPED and len(item[1].args) == 1:
        let = item[1][0]
        if let.op == "let" and {let[0], let[1]} == set(item[0].nodes):
            op = item[0].op if item[0][0] == let[1] else _FLIPPED[item[0].op]
            return "min" if op in ("lt", "le") else "max", let[0], let[1]
    return None


def _best(
    block: Node, index: int, turns: list[Node], body: tuple[Node, ...], used: dict[Node, int]
) -> Iterator[Proposal]:
    """A turn that is better than what is kept replaces it."""
    if turns[-1].op != "that" or len(turns) < 2:
        return
    *most, last = turns
    first, second = _halves(last[0])
    comparison = second
    if comparison.op not in _BETTER or any(item.op != "let" or not pure(item[1]) for item in body):
        return
    kept = {item[0]: item[1] for item in body}
    op = comparison.op
    key, best = comparison[0], comparison[1]
    if best not in kept:
        key, best, op = best, key, _FLIPPED[op]
    if best not in kept or kept[best] != key or any(label in names_in(key) for label in kept):
        return
    if len(walk(Node("", (key, *kept.values(), *turns)))) > MAX_PARTS:
        return  # no sentence says that
    here = names_in(block[index])
    turns = [*most, *([node("that", first)] if first is not None else [])]
    said = [
        node("let", label, Node(_BETTER[op], (value, key, *turns)))
        for label, value in kept.items()
        if label != best or used[label] > here[label] + 1 or len(kept) == 1
    ]
    yield instead(block, index, index + 1, *said)


def _halves(condition: Node) -> tuple[Node | None, Node]:
    return (condition[0], condition[1]) if condition.op == "and" else (None, condition)


def _chosen(pairs: Iterable[tuple[Any, Any]], *, greatest: bool, last: bool) -> Any:
    best: tuple[Any, Any] | None = None
    for key, value in pairs:
        if best is None or (key > best[0] if greatest else key < best[0]) or (last and key == best[0]):
            best = key, value
    return None if best is None else best[1]


def least_of(pairs: Iterable[tuple[Any, Any]]) -> Any:
    """The value of the least key, the first of equals; nothing where there is none."""
    return _chosen(pairs, greatest=False, last=False)


def greatest_of(pairs: Iterable[tuple[Any, Any]]) -> Any:
    """The value of the greatest key, the first of equals; nothing where there is none."""
    return _chosen(pairs, greatest=True, last=False)


def last_least_of(pairs: Iterable[tuple[Any, Any]]) -> Any:
    """As `least_of`, the last of equals."""
    return _chosen(pairs, greatest=False, last=True)


def last_greatest_of(pairs: Iterable[tuple[Any, Any]]) -> Any:
    """As `greatest_of`, the last of equals."""
    return _chosen(pairs, greatest=True, last=True)


IDIOM = Idiom(
    id="extreme",
    concepts=("nearest", "largest", "smallest", "bounding box", "extent"),
    propose=propose,
    entries=tuple(
        entry(op, f"{{0:7}} with {words} {{1:21}} {{*2:each}}", run=f"f_{op}(({{1}}, {{0}}) @2)", level=4)
        for op, words in EXTREMES.items()
    ),
    operations={
        "f_least_of": least_of,
        "f_greatest_of": greatest_of,
        "f_last_least_of": last_least_of,
        "f_last_greatest_of": last_greatest_of,
    },
    licenses=("rank_becomes", "crop_object", "crop_box"),
)
