"""From constructs to something that runs: each phrase says what it means, this puts the meanings together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from soar2cot.engines.symbolic.language.names import variable
from soar2cot.engines.symbolic.language.node import Node, bits
from soar2cot.engines.symbolic.phrasebook.book import phrases
from soar2cot.engines.symbolic.phrasebook.places import PLACES, STEPS

_HOLE = re.compile(r"\{(\*?)(\d)\}|(\{\{|\}\})|@(\d)")
_ONE = re.compile(r"[\w.]+\([^()]*\)|\[[^\[\]]*\]")  # a call or a list, which no bracket holds more tightly
_ENDED = re.compile(r"(?:[(\[=]|, )\Z"), re.compile(r"[),\]]")  # what stands around a part that needs no brackets
_NUMBERS = frozenset(
    (
        "int",
        "colour",
        "float",
        "row_of",
        "column_of",
        "height",
        "width",
        "length",
        "cell_count",
        "half",
        "minus",
        "abs",
        "distance",
        "mod",
    )
)
_GROWING = bits(
    (
        "append", "extend", "insert", "insert_first", "append_left", "extend_left", "grow", "scale", "call", "call0",
        "do", "heap_push", "set_default",
    )
)  # fmt: skip
# what begins with a bracket that is not one around the whole, or cannot be left out
_OWN_BRACKETS = PLACES | {"given", "dir", "row_of", "column_of", "int", "colour", "float"}
_MOVES = {"up_by": ("-", 0), "down_by": ("+", 0), "left_by": ("-", 1), "right_by": ("+", 1)}


class CannotFollowError(Exception):
    """The text is in the language but says something that cannot be done."""


@lru_cache(maxsize=4096)
def source(item: Node) -> str:
    """The Python expression that the construct means."""
    leaf = _leaf(item)
    if leaf is not None:
        return leaf
    if item.op == "looked_up":
        table = ", ".join(f"{source(part[0])}: {source(part[1])}" for part in item.nodes[1:])
        return f"{{{table}}}[{source(item[0])}]"
    if item.op in PLACES:
        row, column = place(item)
        return f"({row}, {column})"
    if item.op == "at" and item[1].op in PLACES:
        return _cell(item[0], *place(item[1]))
    if item.op == "inside" and item[0].op in PLACES and item[1].op == "name":
        return _lies_inside(item[1], *place(item[0]))
    if item.op in ("row_of", "column_of"):
        return place(item[0])[item.op == "column_of"]
    if item.op == "plus" and not is_number(item[0]) and not is_number(item[1]):
        return f"f_plus({source(item[0])}, {source(item[1])})"
    if item.op in ("lambda1",):
        return f"(lambda {_parameters(item[0])[0]}: {_unpacked(item)})"
    entry = phrases().get(item.op)
    if entry is None or not entry.python:
        raise CannotFollowError(f"nothing is known of {item.op}")
    filled = _filled(entry.python, item)
    return filled if _ONE.fullmatch(entry.python) else f"({filled})"


def _cell(item: Node, row: str, column: str) -> str:
    """What a cell of a grid holds. Nothing is asked more often: of a named grid it needs no call."""
    grid = source(item)
    asked = f"f_at({grid}, ({row}, {column}))"
    nested = item.op != "name" or "f_at(" in row or "f_at(" in column
    if nested:
        return asked
    of_array = f"{grid}[{row}, {column}] if type({grid}) is array else {asked}"
    return f"({grid}[{row}][{column}] if type({grid}) is list else {of_array})"


def _lies_inside(item: Node, row: str, column: str) -> str:
    """Whether a place lies inside a named grid: likewise without a call."""
    grid = source(item)
    plain = f"0 <= {row} < len({grid}) and 0 <= {column} < len({grid}[0])"
    return f"({plain} if type({grid}) is list else f_inside(({row}, {column}), {grid}))"


def is_number(item: Node) -> bool:
    """Whether the construct can be nothing but a number, so that adding it makes nothing much longer."""
    return item.op in _NUMBERS


@dataclass(frozen=True, slots=True)
class _Gap:
    """Where a template takes a part: from `index` on all of them (`rest`), or all turns (`turns`).

    `bare`: whether commas or brackets of the template stand around it. Less brackets are read sooner: of what a
    record costs, Python's own reading of methods is a tenth.
    """

    index: int
    rest: bool
    turns: bool
    bare: bool


@cache
def _pieces(template: str) -> tuple[str | _Gap, ...]:
    """A template of the phrasebook taken apart."""
    found: list[str | _Gap] = []
    at = 0
    for match in _HOLE.finditer(template):
        found.append(template[at : match.start()])
        at = match.end()
        if match[3]:
            found.append(match[3][0])
            continue
        before, after = _ENDED
        bare = before.search(template[: match.start()]) is not None and after.match(template, at) is not None
        found.append(_Gap(int(match[2] or match[4]), bool(match[1]), bool(match[4]), bare))
    return tuple(piece for piece in (*found, template[at:]) if piece)


def _filled(template: str, item: Node) -> str:
    return "".join([piece if isinstance(piece, str) else _in_gap(piece, item) for piece in _pieces(template)])


def _in_gap(gap: _Gap, item: Node) -> str:
    if gap.turns:
        return " ".join(map(turn, item.nodes[gap.index :]))
    if gap.rest:
        return ", ".join(map(bare_source, item.nodes[gap.index :]))
    return bare_source(item[gap.index]) if gap.bare else part_source(item[gap.index])


def part_source(part: Node) -> str:
    """The source of a part: an expression, or a piece such as a selection or an entry of a table."""
    return _filled(phrases()[part.op].python, part) if _is_piece(part) else source(part)


def _is_piece(part: Node) -> bool:
    entry = phrases().get(part.op)
    return entry is not None and (entry.category == "sel" or part.op in ("key_value", "splat"))


def bare_source(part: Node) -> str:
    """As `part_source`, without the brackets around an expression: where commas or brackets end it anyway."""
    written = part_source(part)
    bracketed = written[0] == "(" and part.op not in _OWN_BRACKETS and not _is_piece(part)
    return written[1:-1] if bracketed else written


def _leaf(item: Node) -> str | None:
    if item.op == "name":
        return variable(str(item.args[0]))
    if item.op in ("int", "colour", "float", "str"):
        return repr(item.args[0]) if not repr(item.args[0]).startswith("-") else f"({item.args[0]!r})"
    if item.op == "dir":
        return f"({item.args[0]}, {item.args[1]})"
    if item.op == "directions":
        return f"[{', '.join(source(part) for part in item.nodes)}]"
    if item.op in ("listed", "gathered", "given", "tabled"):
        return _comprehension(item)
    return None


def _comprehension(item: Node) -> str:
    first = 2 if item.op == "tabled" else 1
    turns = " ".join(turn(part) for part in item.nodes[first:])
    if not may_grow(item):
        turns = turns.replace(" in T(", " in C(")
    head = ": ".join(map(source if first == 2 else bare_source, item.nodes[:first]))
    opening, closing = {"listed": "[]", "gathered": "{}", "given": "()", "tabled": "{}"}[item.op]
    return f"{opening}{head} {turns}{closing}"


def may_grow(body: Node) -> bool:
    """Whether the list that a loop goes through may be made longer by its turns."""
    return body.holds(_GROWING)


def turn(item: Node) -> str:
    """The head of a loop, as in a comprehension."""
    if item.op == "that":
        return f"if {source(item[0])}"
    if item.op.startswith("cells"):
        return " ".join(cell_turns(item))
    if item.op in ("beside", "touching", "diagonal_to"):
        return f"for {target(item[0])} in T(f_{item.op}({source(item[1])}, {source(item[2])}))"
    pieces = [
        piece if isinstance(piece, str) else target(item[0]) if piece.index == 0 else _in_gap(piece, item)
        for piece in _pieces(phrases()[item.op].python)
    ]
    return "".join(pieces)


def cell_turns(item: Node) -> list[str]:
    """The two heads of a loop over cells, the outer one first."""
    row, column = place(item[0])
    if item.op == "cells_box":
        top, bottom, left, right = (source(item[index]) for index in range(1, 5))
        return [
            f"for {row} in T(range({top}, {bottom} + 1))",
            f"for {column} in T(range({left}, {right} + 1))",
        ]
    if item.op == "cells_size":
        height, width = source(item[1]), source(item[2])
    else:
        grid = source(item[1])
        height, width = f"f_height({grid})", f"f_width({grid})"
    heads = [f"for {row} in T(range({height}))", f"for {column} in T(range({width}))"]
    if item.op.startswith("cells_that_are"):
        sign = "!=" if item.op.endswith("not") else "=="
        heads.append(f"if {_cell(item[1], row, column)} {sign} {source(item[2])}")
    return heads[::-1] if item.op == "cells_down" else heads


def place(item: Node) -> tuple[str, str]:
    """The sources of row and column of a place or a direction."""
    if item.op == "pair":
        label = variable(str(item.args[0]))
        return f"{label}_r", f"{label}_c"
    if item.op == "dir":
        return str(item.args[0]), str(item.args[1])
    if item.op in ("at_rc", "crossing"):
        return source(item[0]), source(item[1])
    if item.op in STEPS:
        row, column = place(item[0])
        down, right = STEPS[item.op]
        return _moved(row, down), _moved(column, right)
    if item.op in _MOVES:
        return _slid(item)
    if item.op in ("mirrored_down", "mirrored_across", "in_row", "in_column"):
        return _placed(item)
    if item.op in ("moved", "moved_back", "moved_times"):
        return _stepped(item)
    raise CannotFollowError(f"{item.op} is no place")


def _moved(part: str, by: int) -> str:
    return part if by == 0 else f"({part} {'+' if by > 0 else '-'} 1)"


def _slid(item: Node) -> tuple[str, str]:
    sign, axis = _MOVES[item.op]
    parts = list(place(item[0]))
    parts[axis] = f"({parts[axis]} {sign} {source(item[1])})"
    return parts[0], parts[1]


def _placed(item: Node) -> tuple[str, str]:
    row, column = place(item[0])
    second = source(item[1])
    if item.op == "in_row":
        return second, column
    if item.op == "in_column":
        return row, second
    if item.op == "mirrored_down":
        return f"(f_height({second}) - 1 - {row})", column
    return row, f"(f_width({second}) - 1 - {column})"


def _stepped(item: Node) -> tuple[str, str]:
    row, column = place(item[0])
    down, right = place(item[1])
    if item.op == "moved_back":
        return f"({row} - {down})", f"({column} - {right})"
    if item.op == "moved_times":
        times = source(item[2])
        return f"({row} + {down} * {times})", f"({column} + {right} * {times})"
    return f"({row} + {down})", f"({column} + {right})"


def target(item: Node) -> str:
    """What can stand left of an assignment."""
    if item.op == "both":
        return ", ".join(f"({target(part)})" if part.op == "both" else target(part) for part in item.nodes)
    if item.op in ("row_of", "column_of"):
        return place(item[0])[item.op == "column_of"]
    if item.op == "pair":
        return f"({', '.join(place(item))})"
    if item.op == "at":
        row, column = place(item[1])
        return f"{source(item[0])}[{row}][{column}]"
    if item.op == "splat":
        return f"*{target(item[0])}"
    written = source(item)
    return written[1:-1] if written.startswith("(") else written


def _parameters(item: Node) -> tuple[str, list[str]]:
    """The parameters as Python writes them, and the lines that take pairs apart."""
    names: list[str] = []
    lines: list[str] = []
    for part in item.nodes if item.op == "both" else (item,):
        usual = ""
        if part.op == "usually":
            usual, part = f"={source(part[1])}", part[0]
        label = variable(str(part.args[0]))
        names.append(label + usual)
        if part.op == "pair":
            lines.append(f"{', '.join(place(part))} = {label}")
    return ", ".join(names), lines


def parameters(item: Node) -> tuple[str, list[str]]:
    """As a procedure's head writes them."""
    return _parameters(item)


def _unpacked(item: Node) -> str:
    """A rule's expression; what a cell among its parameters holds is taken apart first."""
    pairs = [part for part in (item[0].nodes if item[0].op == "both" else (item[0],)) if part.op == "pair"]
    body = source(item[1])
    for part in pairs:
        body = f"(lambda {', '.join(place(part))}: {body})(*{variable(str(part.args[0]))})"
    return body
