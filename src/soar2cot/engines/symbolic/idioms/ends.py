"""The extent of chosen cells, as numpy finds it: the places where a grid has a colour, their least and greatest.

`np.argwhere(grid == c)` with `min(axis=0)` and `max(axis=0)`, or `np.nonzero(grid)` with `min()` and `max()` of rows
and of columns: the cells of that colour, their top and bottom row, leftmost and rightmost column, the box around them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.language.ends import ENDS, FINDING, gather_ends
from soar2cot.engines.symbolic.language.names import free_name
from soar2cot.engines.symbolic.language.node import Node, bits, integer, node, rewrite, walk
from soar2cot.engines.symbolic.simplify.places import name_places
from soar2cot.engines.symbolic.simplify.trees import bindings, head_of, map_blocks, names_in, paints, substitute

_BLACK = Node("colour", (0,))
_CHOSEN = {"eq": "cells_in", "ne": "cells_but"}
_TURNS = {"eq": "cells_that_are", "ne": "cells_that_are_not"}
_LOOPS = bits(["for"])
_PLACES = bits(("argwhere", "nonzero"))
_ENDS = {"np_min": ("top", "leftmost"), "np_max": ("bottom", "rightmost")}
_EXTREME = {"np_min": "np_min", "min": "np_min", "np_max": "np_max", "max": "np_max"}
_AXES = {"np_min_axis": "np_min", "np_max_axis": "np_max"}
_ASKED = {"eq": "empty", "gt": "not_empty", "ne": "not_empty"}  # of how many there are, compared with none
_ANSWERED = frozenset((*FINDING, "empty", "not_empty", "length"))
_HALVES = {"pair": ("row_of", "column_of"), "name": ("first", "second")}


def propose(method: Node) -> Iterator[Proposal]:
    """Names for the places where something holds, of which only what a list of cells has too is asked."""
    if not method.holds(_PLACES):
        return
    turned = name_places(rewrite(method, lambda item: _turned(item, method), _LOOPS))
    if turned != method:
        yield Proposal(method, turned)
    bound = bindings(method)
    for item in walk(method):
        if item.op != "let" or item[1].op not in ("argwhere", "nonzero"):
            continue
        cells = _cells(item[1])
        labels = item[0].nodes if item[0].op == "both" else (item[0],)
        if cells is None or any(bound[label] != 1 for label in labels):
            continue
        found = _of_list(method, item, cells) if item[1].op == "argwhere" else _of_rows(method, item, cells)
        if found is not None:
            yield Proposal(method, gather_ends(_with_boxes(found)))


def _turned(item: Node, method: Node) -> Node:
    """A loop over the places of a colour as one over the cells of that colour, where it paints none of their grid."""
    if item.op != "for" or item[0].op != "each" or item[0][1].op != "argwhere":
        return item
    asked, block = item[0][1][0], item[1]
    if asked.op not in _TURNS or asked[0].op != "name" or paints(block, asked[0]):
        return item
    cell = item[0][0]
    if cell.op == "both" and [part.op for part in cell.nodes] == ["name", "name"]:
        cell = Node("pair", free_name(method, "cell").args)
        said = dict(zip(item[0][0].nodes, (node("row_of", cell), node("column_of", cell)), strict=True))
        if not said.keys().isdisjoint(bindings(block)):
            return item
        block = rewrite(block, partial(_said_as, said=said), bits(["name"]))
    if cell.op != "pair":
        return item
    return Node("for", (Node(_TURNS[asked.op], (cell, *asked.args), item[0].lines), block), item.lines)


def _cells(places: Node) -> Node | None:
    """The list of cells that such places are."""
    asked = places[0]
    if places.op == "nonzero":
        return node("cells_but", asked, _BLACK) if asked.op == "name" else None
    if asked.op not in _CHOSEN or asked[0].op != "name":
        return None
    return node(_CHOSEN[asked.op], asked[0], asked[1])


def _of_list(method: Node, let: Node, cells: Node) -> Node | None:
    """For `argwhere`: one name for all places."""
    if let[0].op != "name":
        return None
    label = let[0] if "list" in str(let[0].args[0]).split() else free_name(method, "list")
    method = substitute(substitute(method, let, node("let", let[0], cells)), let[0], label)
    method = map_blocks(_with_numbers(method, label), lambda items: _parted(items, label))
    method = rewrite(method, lambda item: _asked_of(item, label))
    left = sum(item == label for item in walk(method)) - 1
    return method if left == sum(_is_of_list(item, label) for item in walk(method)) else None


def _said_as(item: Node, *, said: Mapping[Node, Node]) -> Node:
    return said.get(item, item)


def _is_least(item: Node, label: Node) -> bool:
    """Whether the least or the greatest of each column of the places is named."""
    return item.op == "let" and item[1].op in _AXES and item[1].nodes == (label, integer(0))


def _parted(items: tuple[Node, ...], label: Node) -> Iterator[Node]:
    """`let A and B be the least of each column` as two ends."""
    for item in items:
        if not _is_least(item, label) or item[0].op != "both" or len(item[0].args) != 2:
            yield item
            continue
        for named, end in zip(item[0].nodes, _ENDS[_AXES[item[1].op]], strict=True):
            yield Node("let", (named, node(end, label)), item.lines)


def _with_numbers(method: Node, label: Node) -> Node:
    """A cell or two items of which only the one and the other are asked for are two numbers."""
    for item in walk(method):
        if not _is_least(item, label) or item[0].op not in _HALVES:
            continue
        halves = [Node(half, (item[0],)) for half in _HALVES[item[0].op]]
        if sum(part in halves for part in walk(method)) == names_in(method)[item[0]] - 1:
            row = free_name(method, "number")
            column = free_name(Node("", (method, row)), "number")
            named = {item: Node("let", (Node("both", (row, column)), item[1]), item.lines)}
            named.update(zip(halves, (row, column), strict=True))
            return _with_numbers(rewrite(method, partial(_said_as, said=named)), label)
    return method


def _asked_of(item: Node, label: Node) -> Node:
    """What is asked of the places, as it is asked of a list of cells."""
    if item.op in _EXTREME and item[0].op == "column" and item[0][0] == label:
        ends = dict(zip((integer(0), integer(1)), _ENDS[_EXTREME[item.op]], strict=True))
        return node(ends[item[0][1]], label) if item[0][1] in ends else item
    if item.op in _ASKED and item.nodes == (Node("n_cells", (label,)), integer(0)):
        return node(_ASKED[item.op], label)
    return item


def _is_of_list(item: Node, label: Node) -> bool:
    """Whether it asks what a list of cells answers likewise."""
    if item.op == "each":
        return item[1] == label and item[0] != label
    return item.op in _ANSWERED and item[0] == label


def _of_rows(method: Node, let: Node, cells: Node) -> Node | None:
    """For `nonzero`: rows and columns have a name each, of which only the least and the greatest are asked."""
    if let[0].op != "both" or len(let[0].args) != 2:
        return None
    label = free_name(method, "list")
    said: dict[Node, Node] = {}
    for axis, name in enumerate(let[0].nodes):
        said |= {Node(op, (name,)): node(_ENDS[kind][axis], label) for op, kind in _EXTREME.items()}
        if names_in(method)[name] != 1 + sum(item in said for item in walk(method) if name in item.nodes):
            return None
    changed = rewrite(method, partial(_said_as, said=said), bits(_EXTREME))
    return substitute(changed, let, node("let", label, cells))


def _with_boxes(method: Node) -> Node:
    """Ends that are asked for once, together, in a box of a grid are said there: the box around the cells."""
    return map_blocks(method, lambda items: _boxed(items, names_in(method), bindings(method)))


def _boxed(items: tuple[Node, ...], used: Mapping[Node, int], bound: Mapping[Node, int]) -> list[Node]:
    found = list(items)
    ends: dict[Node, Node] = {}
    for item in items:
        if item.op == "let" and item[0].op == "name" and item[1].op in ENDS:
            if used[item[0]] == 2 and bound[item[0]] == 1:
                ends[item[0]] = item[1]
            continue
        boxes = [part for part in walk(head_of(item)) if _corners(part) is not None] if ends else []
        for box in boxes:
            corners = _corners(box) or ()
            values = [ends.get(corner, corner) for corner in corners]
            ops = [value.op for value in values]
            if ops == list(ENDS) and len({value[0] for value in values}) == 1:
                said = {corner: ends[corner] for corner in corners if corner in ends}
                at = next(place for place, part in enumerate(found) if part is item)
                found[at] = item = rewrite(item, partial(_said_as, said=said))
                found = [part for part in found if part.op != "let" or part[0] not in said]
    return found


def _corners(item: Node) -> tuple[Node, ...] | None:
    """(top, bottom, left, right) of a box of a grid."""
    if item.op == "part" and item[1].op == item[2].op == "through":
        return (*item[1].nodes, *item[2].nodes)
    return item.nodes[1:] if item.op == "cells_box" else None


IDIOM = Idiom(
    id="ends",
    concepts=("bounding box", "extent", "crop to the shape"),
    propose=propose,
    licenses=("size_measure", "part_size"),
)
