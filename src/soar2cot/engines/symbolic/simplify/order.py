"""Rules for every cell whose order is seen to decide nothing, so that it need not be tried."""

from __future__ import annotations

from collections import defaultdict

from soar2cot.engines.symbolic.idioms import collect, connected
from soar2cot.engines.symbolic.language.node import Node, bits, walk

_RULE = bits(["for_every"])
_PAINTS = frozenset(("put", "remap"))
_CELLS = frozenset(("cells", "cells_size", "cells_down", "cells_box", "cells_that_are", "cells_that_are_not"))
# what may be done with a grid without giving it, or a part of it, another name; what these idioms give is new
_NO_ALIAS = frozenset(
    (
        *_CELLS, *collect.IDIOM.ops, *connected.IDIOM.ops, "at", "inside", "height", "width", "eq", "ne", "answer",
        "blank_like", "copy", "grid_copy", "zeros_like", "zeros_like_bool", "near_cells", "beside", "touching",
        "diagonal_to", "mirrored_down", "mirrored_across", "distinct_but", "take_array",
    )
)  # fmt: skip


def order_is_free(method: Node) -> bool:
    """Whether each of its rules for every cell gives the same in whichever order its turns are taken, for sure.

    All turns read the grids as they were, so only what they paint counts: it does not where all paint one colour, or
    each paints its own cell alone. That holds as long as no grid that is painted has a second name.
    """
    rules = [item for item in walk(method) if item.op == "for_every"] if method.holds(_RULE) else []
    painted = {paint[0][0] for item in rules for paint in _paints(item)}
    return all(map(_is_free, rules)) and _not_shared(method, painted)


def _paints(rule: Node) -> list[Node]:
    return [item for item in walk(rule[1]) if item.op in _PAINTS]


def _is_free(rule: Node) -> bool:
    paints = _paints(rule)
    inner = [item for item in walk(rule[1]) if item.op.startswith("for")]
    if not all(item[0].op == "at" and item[0][0].op == "name" for item in paints):
        return False
    colours = {item[1] if item.op == "put" else item for item in paints}
    if len(colours) == 1 and all(colour.op in ("int", "colour") for colour in colours):
        return not any(item.op == "leave" for item in walk(rule[1]))
    own = rule[0].op in _CELLS and all(item[0][1] == rule[0][0] for item in paints)
    return own and not any(item.op in _PAINTS for loop in inner for item in walk(loop))


def _not_shared(method: Node, grids: set[Node]) -> bool:
    """Whether no other name stands for one of these grids, or for one of its rows."""
    asked: defaultdict[Node, set[str]] = defaultdict(set)
    for item in walk(method):
        for index, part in enumerate(item.nodes):
            if part in grids and not (item.op == "let" and index == 0):
                asked[part].add(item.op)
    return all(ops <= _NO_ALIAS for ops in asked.values())
