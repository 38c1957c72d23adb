"""How far one place lies from another, where that is a name: `the cell at distance A below the cell`."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.names import letters
from soar2cot.engines.symbolic.language.node import Node, name, rewrite, walk

SLIDES = ("up_by", "down_by", "left_by", "right_by")
_COUNTED = frozenset(("each", "each_below", "from_below", "from_to", "down_to"))
_OTHERS = frozenset(("row", "column", "number", "index", "count", "value", "item"))


def with_distances(method: Node) -> Node:
    """The method with `distance A` for a row, column or number of turns that says how far a cell lies from another.

    A program counts steps by the same letters by which it counts rows: `the cell the row below the cell` would be
    hard to read. Names that say where a cell lies by itself keep their noun.
    """
    items = list(walk(method))
    places = {part for item in items if item.op in ("at_rc", "crossing") for part in item.nodes}
    counted = {item[0] for item in items if item.op in _COUNTED} - places
    slid = [part for item in items if item.op in SLIDES for part in (item[0], item) if part.op in SLIDES]
    far = dict.fromkeys(part[1] for part in slid if part[1] in counted and _is_plain(part[1]))
    renamed = {label: name(f"distance {letters(n)}") for n, label in enumerate(far)}
    return rewrite(method, lambda item: renamed.get(item, item)) if renamed else method


def _is_plain(item: Node) -> bool:
    return item.op == "name" and not _OTHERS.isdisjoint(str(item.args[0]).split())
