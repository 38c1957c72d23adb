"""A rule for every cell at once: no turn sees what another one changed, so their order does not matter.

The text says `every` for it, and `each` for turns one after the other. A follower lets every turn read the grids as
they were before the first one. Where two turns paint one cell in two colours the order would decide: such a region
is no rule for every cell, and following it backwards shows that.
"""

from __future__ import annotations

from collections.abc import Iterator

from soar2cot.engines.symbolic.idioms.idiom import Idiom, Proposal
from soar2cot.engines.symbolic.language.node import Node, node, walk
from soar2cot.engines.symbolic.simplify.trees import names_in, pure

_TURNS = frozenset(
    (
        "cells", "cells_that_are", "cells_that_are_not", "cells_box", "cells_size", "cells_down", "each",
        "each_below", "from_below", "from_to", "down_to",
    )
)  # fmt: skip
_INNER = _TURNS | {"beside", "touching", "diagonal_to"}
_PAINTED = frozenset(("at", "part", "row_part", "column_part", "row", "column", "whole_row", "whole_column"))


def propose(method: Node) -> Iterator[Proposal]:
    """Outermost loops that only paint."""
    yield from _loops(method, names_in(method))


def _loops(item: Node, used: dict[Node, int]) -> Iterator[Proposal]:
    if item.op == "for" and item[0].op in _TURNS and _paints(item[1]) and _local(item, used):
        yield Proposal(item, node("for_every", *item.args))
        return
    for part in item.nodes:
        if part.op != "for_every":
            yield from _loops(part, used)


def _paints(block: Node) -> bool:
    """Whether a block paints, chooses what to paint and names what only it needs, and does nothing else."""
    return all(map(_is_paint, block.nodes)) and any(part.op in ("put", "remap") for part in walk(block))


def _is_paint(item: Node) -> bool:
    if item.op == "if":
        return pure(item[0]) and all(_is_paint(part) for block in item.nodes[1:] for part in block.nodes)
    if item.op == "put":
        return item[0].op in _PAINTED and item[0][0].op == "name" and pure(item)
    if item.op == "remap":
        return item[0].op == "at" and item[0][0].op == "name" and pure(item)
    if item.op == "let":
        return item[0].op in ("name", "pair") and pure(item[1])
    if item.op == "for":
        return item[0].op in _INNER and pure(item[0]) and all(map(_is_paint_inside, item[1].nodes))
    return False


def _is_paint_inside(item: Node) -> bool:
    return item.op == "leave" or _is_paint(item) or (item.op == "if" and pure(item[0]) and _stopping(item))


def _stopping(item: Node) -> bool:
    return all(_is_paint_inside(part) for block in item.nodes[1:] for part in block.nodes)


def _local(loop: Node, used: dict[Node, int]) -> bool:
    """Whether no turn takes over what another one named, and nobody asks for it later."""
    here = names_in(loop)
    named = [part for part in walk(loop) if part.op == "let"]
    return all(here[part[0]] == used[part[0]] and part[0] not in names_in(part[1]) for part in named)


IDIOM = Idiom(
    id="every",
    concepts=("recolour", "paint", "all at once", "rule for a cell"),
    propose=propose,
    licenses=("change_map", "changed_from", "changed_to", "kept"),
    order_free=True,
)
