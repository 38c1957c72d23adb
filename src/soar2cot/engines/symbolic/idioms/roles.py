"""What the parts of an idiom are called: a shape, or a colour and its list, whatever a program called them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial

from soar2cot.engines.symbolic.language.names import RESULT, free_name, noun_of
from soar2cot.engines.symbolic.language.node import Node, bits, rewrite, walk
from soar2cot.engines.symbolic.simplify.sizes import is_grid
from soar2cot.engines.symbolic.simplify.trees import bindings, substitute

_WIDTHS = ("", "_wide")
_SHAPES, _OBJECTS = ("connected", "connected_in"), ("connected_but",)
_ONE = {
    f"{op}{wide}": noun for noun, ops in (("shape", _SHAPES), ("object", _OBJECTS)) for op in ops for wide in _WIDTHS
}
_SEVERAL = {
    f"{op}{wide}": "object" if op == "objects" else "shape"
    for op in ("shapes", "shapes_in", "shapes_but", "objects")
    for wide in _WIDTHS
}
_OF_SEVERAL = frozenset(("first", "last", "item", "max_by", "min_by", "max_by_else", "min_by_else"))
_SORTED = frozenset(("sorted_by", "sorted_by_down", "sorted", "from", "before", "slice", "list_of", "keys"))
_NOUNS = frozenset(_ONE.values())
_LENGTHS = bits(("length", "kind_len"))
_FOUND = bits((*_ONE, *_SEVERAL, "grouped"))


def name_roles(method: Node) -> Node:
    """The method in which names that stand for a shape, an object or a colour throughout say so."""
    if not method.holds(_FOUND):
        return method
    lists, bound = dict(_lists(method)), bindings(method)
    nouns: dict[Node, Counter[str]] = defaultdict(Counter)
    for label, noun in _parts(method, lists):
        nouns[label][noun] += 1
    for label, found in nouns.items():
        noun, n = found.most_common(1)[0]
        if n == bound[label] and label.op == "name" and label != RESULT and noun != noun_of(str(label.args[0])):
            method = substitute(method, label, free_name(method, noun))
    return rewrite(method, partial(_counted, lists=lists), _LENGTHS)


def _counted(item: Node, lists: dict[Node, str]) -> Node:
    """The length of a shape is its count of cells."""
    if item.op == "length" and item[0].op == "name" and noun_of(str(item[0].args[0])) in _NOUNS:
        return Node("cell_count", item.args, item.lines)
    if len(item.nodes) > 1 and item[1].op == "kind_len" and _several(item[0], lists) in _NOUNS:
        return Node(item.op, (item[0], Node("kind_cell_count"), *item.args[2:]), item.lines)
    return item


def _lists(method: Node) -> Iterator[tuple[Node, str]]:
    """Names that are bound once: to several shapes or objects, to lists by colour."""
    bound = bindings(method)
    for item in walk(method):
        if item.op == "let" and bound[item[0]] == 1 and (noun := _gathered(item[1])):
            yield item[0], noun


def _gathered(item: Node) -> str:
    if item.op == "grouped" and item[1].op == "at" and is_grid(item[1][0]):
        return "colour"
    return _SEVERAL.get(item.op, "")


def _parts(method: Node, lists: dict[Node, str]) -> Iterator[tuple[Node, str]]:
    """What is bound to one of several, once for every time that it is bound so."""
    for item in walk(method):
        if item.op == "let":
            yield from _named(item[0], _one(item[1], lists))
        elif item.op == "each" and item[1].op == "pairs" and item[0].op == "both":
            if _several(item[1][0], lists) == "colour":
                yield from zip(item[0].nodes, ("colour", "list"), strict=False)
        elif item.op == "each":
            yield from _named(item[0], _several(item[1], lists))
        elif item.nodes[1:] and item.nodes[1].op == "lambda1":
            yield from _named(item.nodes[1][0], _several(item.nodes[0], lists))


def _named(label: Node, noun: str) -> Iterator[tuple[Node, str]]:
    if noun:
        yield label, noun


def _several(item: Node, lists: dict[Node, str]) -> str:
    """The noun of what a list holds, or of a table's keys; empty where that has no name of its own."""
    while item.op in _SORTED:
        item = item[0]
    if item.op == "listed" and len(item.nodes) > 1 and item[1].op == "each" and item[0] == item[1][0]:
        return _several(item[1][1], lists)  # those for which something holds
    return lists.get(item, "") or _gathered(item)


def _one(item: Node, lists: dict[Node, str]) -> str:
    if item.op in _ONE:
        return _ONE[item.op]
    noun = _several(item[0], lists) if item.op in _OF_SEVERAL else ""
    return noun if noun in _NOUNS else ""
