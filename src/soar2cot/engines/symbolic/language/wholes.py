"""Whole grids turned, cut or counted: one construct for what programs write in several ways, bound names alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache

from soar2cot.engines.symbolic.language.node import Node, bits, rewrite, walk
from soar2cot.engines.symbolic.phrasebook.shorten import filled, fits
from soar2cot.engines.symbolic.phrasebook.wholes import ROWS, SAME, Inside, inside

_FIRST_BOUND = 50  # the index of the first hole that stands for a bound name
_FLIPS = {
    "flip_h": (Node("whole"), Node("reverse_all")),
    "flip_v": (Node("reverse_all"), Node("whole")),
    "rot180": (Node("reverse_all"), Node("reverse_all")),
}
_CHANGES = frozenset(
    ("put", "grow", "shrink", "scale", "divide", "divide_true", "reduce_mod", "mark_or", "mark_and", "mark_xor", "fill")
)
_BINDING = ("listed", "gathered", "given")


@dataclass(frozen=True, slots=True)
class _Form:
    """What is looked for, with holes for bound names; what is said instead; what this binds.

    `used` are the holes of bound names that are not only counted by.
    """

    pattern: Node
    said: Node
    inside: Inside
    used: frozenset[int]


def name_wholes(method: Node) -> Node:
    """The method with what is done to a whole grid in the form that has words for it; means the same."""
    return rewrite(method, _named, _concerned())


def _named(item: Node) -> Node:
    if item.op in _CHANGES and item[0].op in _FLIPS:  # what is changed is a part of a grid, no turned copy
        target = Node("part", (*item[0].args, *_FLIPS[item[0].op]), item[0].lines)
        return Node(item.op, (target, *item.args[1:]), item.lines)
    item = _painted(item) if item.op == "listed" else item
    for form in _forms().get(item.op, ()):
        parts: dict[int, Node] = {}
        if fits(form.pattern, item, parts) and _is_closed(form, parts):
            free = tuple([parts[index] for index in sorted(parts) if index < _FIRST_BOUND])
            return filled(form.said, free).at_lines(item.lines)
    return item


def _painted(grid: Node) -> Node:
    """What stands for a colour in a grid is a colour too."""
    cells = grid[0]
    if cells.op != "listed" or cells[0].op != "if_else" or cells[0][0].op not in ("eq", "ne"):
        return grid
    asked, *made = cells[0].nodes
    if asked[1].op != "colour":
        return grid
    chosen = Node("if_else", (asked, *map(_as_colour, made)), cells[0].lines)
    return Node("listed", (Node("listed", (chosen, *cells.args[1:]), cells.lines), *grid.args[1:]), grid.lines)


def _as_colour(item: Node) -> Node:
    return Node("colour", item.args, item.lines) if item.op == "int" and item.args[0] in range(10) else item


def _is_closed(form: _Form, parts: dict[int, Node]) -> bool:
    """Whether the bound names can be others: no part that stands among them holds an old or a new one."""
    used = [part for index, part in parts.items() if index in form.used]
    idle = [part for index, part in parts.items() if index >= _FIRST_BOUND and index not in form.used]
    if len(set(used)) < len(used) or not set(used).isdisjoint(idle):
        return False
    return form.inside.is_closed(parts, (*used, *idle))


@cache
def _forms() -> dict[str, list[_Form]]:
    found: dict[str, list[_Form]] = {}
    same = ((meaning, meaning) for _, meaning in ROWS if meaning.op in _BINDING)
    for pattern, said in (*SAME, *same):
        found.setdefault(pattern.op, []).append(_form(pattern, said))
    return found


@cache
def _concerned() -> int:
    return bits(_forms())


def _form(pattern: Node, said: Node) -> _Form:
    bound = tuple(dict.fromkeys(item for item in walk(pattern) if item.op == "name"))
    holes = {item: Node("hole", (_FIRST_BOUND + index, "bound")) for index, item in enumerate(bound)}
    opened = rewrite(pattern, lambda item: holes.get(item, item))
    often = Counter(walk(pattern))
    used = frozenset(_FIRST_BOUND + index for index, item in enumerate(bound) if often[item] > 1)
    return _Form(opened, said, inside(said), used)
