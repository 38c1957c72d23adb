"""A rule for every cell at once: no turn sees what another one changed, so their order does not matter.

The text says `every` for it, and `each` for turns one after the other. A follower lets every turn read the grids as
they were before the first one. Where two turns paint one cell in two colours the order would decide: such a region
is no rule for every cell, and following it backwards shows that. It may still be one of stamping: all turns read the
grids as they were, and later ones paint over earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.idioms.regions import asked_outside
from soar2cot.engines.symbolic.language.node import Node, bits, node, walk
from soar2cot.engines.symbolic.simplify.neighbours import name_coloured_cells
from soar2cot.engines.symbolic.simplify.tidy import turn_negations
from soar2cot.engines.symbolic.simplify.trees import names_in, pure

_SKIP = Node("skip")
_SKIPS, _FOR = bits(["skip"]), bits(["for"])
_LOOPS = frozenset(("for", "for_first", "for_every"))

_TURNS = frozenset(
    (
        "cells", "cells_that_are", "cells_that_are_not", "cells_box", "cells_size", "cells_down", "each",
        "each_below", "from_below", "from_to", "down_to",
        "near_cells", "near_rows", "near_columns",
    )
)  # fmt: skip
_INNER = _TURNS | {"beside", "touching", "diagonal_to"}
_PAINTED = frozenset(("at", "part", "row_part", "column_part", "row", "column", "whole_row", "whole_column"))


def propose(method: Node) -> Iterator[Proposal]:
    """Outermost loops that only paint."""
    yield from _loops(method, method)


def _loops(method: Node, item: Node) -> Iterator[Proposal]:
    if not item.holds(_FOR):
        return
    if item.op == "for" and item[0].op in _TURNS:
        block = _asked_first(item[1]) if item[1].holds(_SKIPS) else item[1]
        if _paints(block) and _local(method, item, block):
            loop = name_coloured_cells(Node("for", (item[0], block))) if block is not item[1] else item
            yield Proposal(item, node("for_every", *loop.args))
            return
    for part in item.nodes:
        if item.op not in ("for_every", "for_over"):
            yield from _loops(method, part)


def _asked_first(block: Node) -> Node:
    """`unless a, b` for `if a, go on with the next one; b`; a last `go on with the next one` says nothing."""
    args = block.nodes[:-1] if block.nodes[-1:] == (_SKIP,) else block.nodes
    for index, item in enumerate(args):
        if item.op == "if" and len(item.args) == 2 and item[1].nodes == (_SKIP,) and args[index + 1 :]:
            rest = _asked_first(Node("block", args[index + 1 :], block.lines))
            asked = Node("if", (node("not", item[0]), rest), item.lines)
            return Node("block", (*args[:index], turn_negations(asked)), block.lines)
        if item.op == "if" and index == len(args) - 1:
            last = tuple([_asked_first(part) if part.op == "block" else part for part in item.nodes])
            if item.nodes[2:] and not last[2].args:
                last = last[:2]
            args = (*args[:index], Node("if", last, item.lines))
    return block if args == block.nodes else Node("block", args, block.lines)


def _paints(block: Node) -> bool:
    """Whether a block paints, chooses what to paint and names what only it needs, and does nothing else."""
    return all(map(_is_paint, block.nodes)) and any(part.op in ("put", "remap") for part in walk(block))


def _is_paint(item: Node) -> bool:
    if item.op == "let":
        return item[0].op in ("name", "pair") and pure(item[1])
    if item.op == "if":
        return pure(item[0]) and all(_is_paint(part) for block in item.nodes[1:] for part in block.nodes)
    if item.op == "put":
        return item[0].op in _PAINTED and item[0][0].op == "name" and pure(item)
    if item.op == "remap":
        return item[0].op == "at" and item[0][0].op == "name" and pure(item)
    if item.op in _LOOPS:
        return item[0].op in _INNER and pure(item[0]) and all(map(_is_stroke, item[1].nodes))
    return False


def _is_stroke(item: Node) -> bool:
    """A turn of a loop within: it may also stop there, as a line does that meets something."""
    if item.op == "if" and pure(item[0]):
        return all(_is_stroke(part) for block in item.nodes[1:] for part in block.nodes)
    return item.op == "leave" or _is_paint(item)


def _local(method: Node, loop: Node, block: Node) -> bool:
    """Whether no turn takes over what another one named, and nobody asks for it later."""
    named = frozenset(part[0] for part in walk(block) if part.op == "let")
    if not named:
        return True
    return _named_before(block, named, frozenset()) is not None and named.isdisjoint(asked_outside(method, loop))


def _named_before(block: Node, named: frozenset[Node], bound: frozenset[Node]) -> frozenset[Node] | None:
    """The names that are bound behind a block whichever way it is taken; None where one is asked for before.

    What is bound on a condition alone and asked for behind it may be a search that keeps its best.
    """
    for item in block.nodes:
        head = item[1] if item.op == "let" else item[0] if item.op == "if" or item.op in _LOOPS else item
        if not named.isdisjoint(names_in(head).keys() - bound):
            return None
        blocks = [part for part in item.nodes[1:] if part.op == "block"]
        below = [found for part in blocks if (found := _named_before(part, named, bound)) is not None]
        if len(below) < len(blocks):
            return None
        if item.op == "let":
            bound |= {item[0]}
        elif item.op == "if" and len(below) == 2:
            bound = below[0] & below[1]
    return bound


def propose_within(method: Node) -> Iterator[Proposal]:
    """The loops in the turns of one that is no rule for every cell: a turn may be one by itself."""
    return (inner for item in propose(method) for inner in _loops(method, item.old[1]))


def propose_deeper(method: Node) -> Iterator[Proposal]:
    """Those in the turns of loops that `propose_within` proposes in vain."""
    return (inner for item in propose_within(method) for inner in _loops(method, item.old[1]))


def propose_over(method: Node) -> Iterator[Proposal]:
    """The same loops, where turns paint over each other."""
    return (Proposal(item.old, node("for_over", *item.old.args)) for item in propose(method))


WITHIN, DEEPER = (
    Idiom(id="every", concepts=("rule in each turn",), propose=inner, order_free=True)
    for inner in (propose_within, propose_deeper)
)
OVER = Idiom(
    id="over",
    concepts=("stamp", "paint over", "draw in order"),
    propose=propose_over,
    licenses=("change_map", "changed_to", "kept"),
)
IDIOM = Idiom(
    id="every",
    concepts=("recolour", "paint", "all at once", "rule for a cell"),
    propose=propose,
    licenses=("change_map", "changed_from", "changed_to", "kept"),
    order_free=True,
)
