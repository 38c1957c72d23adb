"""A rule for every cell at once: no turn sees what another one changed, so their order does not matter.

The text says `every` for it, and `each` for turns one after the other. A follower lets every turn read the grids as
they were before the first one. Where two turns paint one cell in two colours the order would decide: such a region
is no rule for every cell, and following it backwards shows that. It may still be one of stamping: all turns read the
grids as they were, and later ones paint over earlier ones.
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
        "near_cells", "near_rows", "near_columns",
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
        if item.op not in ("for_every", "for_over"):
            yield from _loops(part, used)


def _paints(block: Node) -> bool:
    """Whether a block paints, chooses what to paint and names what only it needs, and does nothing else."""
    return all(map(_is_paint, block.nodes)) and any(part.op in ("put", "remap") for part in walk(block))


def _is_paint(item: Node) -> bool:
    """Names are bound in every turn or in none: what is bound on a condition may be a search that keeps its best."""
    if item.op == "let":
        return item[0].op in ("name", "pair") and pure(item[1])
    return _is_choice(item)


def _is_choice(item: Node) -> bool:
    if item.op == "if":
        return pure(item[0]) and all(_is_choice(part) for block in item.nodes[1:] for part in block.nodes)
    if item.op == "put":
        return item[0].op in _PAINTED and item[0][0].op == "name" and pure(item)
    if item.op == "remap":
        return item[0].op == "at" and item[0][0].op == "name" and pure(item)
    if item.op == "for":
        return item[0].op in _INNER and pure(item[0]) and all(map(_is_stroke, item[1].nodes))
    return False


def _is_stroke(item: Node) -> bool:
    """A turn of a loop within: it may also stop there, as a line does that meets something."""
    if item.op == "if" and pure(item[0]):
        return all(part.op != "let" and _is_stroke(part) for block in item.nodes[1:] for part in block.nodes)
    return item.op == "leave" or _is_paint(item)


def _local(loop: Node, used: dict[Node, int]) -> bool:
    """Whether no turn takes over what another one named, and nobody asks for it later."""
    here = names_in(loop)
    named = [part for part in walk(loop) if part.op == "let"]
    return all(here[part[0]] == used[part[0]] and part[0] not in names_in(part[1]) for part in named)


def propose_over(method: Node) -> Iterator[Proposal]:
    """The same loops, where turns paint over each other."""
    return (Proposal(item.old, node("for_over", *item.old.args)) for item in propose(method))


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
