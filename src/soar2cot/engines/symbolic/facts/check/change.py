"""Checks of claims about the cells that change."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from soar2cot.engines.symbolic.facts.check.measure import (
    AROUND,
    BESIDE,
    Cell,
    Pairs,
    columns_of,
    differing,
    frame,
    other,
    palette,
    size,
)
from soar2cot.records import Grid


def _moves(pairs: Pairs) -> set[Cell]:
    return {(old, new) for a, b in pairs for _, _, old, new in differing(a, b)}


def _change_map(pairs: Pairs, moves: tuple[Cell, ...]) -> bool:
    return _moves(pairs) == set(moves)


def _changed_from(pairs: Pairs, colour: int) -> bool:
    return {old for old, _ in _moves(pairs)} == {colour}


def _changed_to(pairs: Pairs, colour: int) -> bool:
    return {new for _, new in _moves(pairs)} == {colour}


def _kept(pairs: Pairs, colours: tuple[int, ...]) -> bool:
    there = {colour for a, _ in pairs for colour in palette(a)}
    return there - {old for old, _ in _moves(pairs)} == set(colours)


def _recolour(pairs: Pairs, moves: tuple[Cell, ...]) -> bool:
    table = dict(moves)
    if len(table) != len(moves) or any(old == new for old, new in moves):
        return False
    used = {colour for a, _ in pairs for colour in palette(a)}
    done = all([[table.get(x, x) for x in row] for row in a] == b for a, b in pairs)
    return done and used >= set(table)


def _recolour_by_pair(pairs: Pairs) -> bool:
    return all(len(_targets(a, b)) == len(palette(a)) for a, b in pairs)


def _targets(a: Grid, b: Grid) -> set[Cell]:
    if size(a) != size(b):
        raise ValueError("grids of different sizes")
    return {link for row, new in zip(a, b, strict=True) for link in zip(row, new, strict=True)}


def _changed_count(pairs: Pairs, n: int) -> bool:
    return all(len(differing(a, b)) == n for a, b in pairs)


def _enclosed_all(pairs: Pairs, colour: int) -> bool:
    return all(_places(a, b) == _inner(a, colour) for a, b in pairs)


def _enclosed_some(pairs: Pairs, colour: int) -> bool:
    return all(_places(a, b) <= _inner(a, colour) for a, b in pairs)


def _places(a: Grid, b: Grid) -> set[Cell]:
    return {(r, c) for r, c, _, _ in differing(a, b)}


def _inner(grid: Grid, colour: int) -> set[Cell]:
    """The cells of the colour that a walk over its cells from the border does not reach."""
    height, width = size(grid)
    own = {(r, c) for r in range(height) for c in range(width) if grid[r][c] == colour}
    walk = [(r, c) for r, c in own if r in (0, height - 1) or c in (0, width - 1)]
    own -= set(walk)
    while walk:
        r, c = walk.pop()
        for step in BESIDE:
            place = (r + step[0], c + step[1])
            if place in own:
                own.remove(place)
                walk.append(place)
    return own


def _changed_beside(pairs: Pairs, colour: int) -> bool:
    apart = {name for move in _moves(pairs) for name in move}
    common = set(range(10)) - apart
    for a, b in pairs:
        for r, c, _, _ in differing(a, b):
            common &= _around(a, r, c)
    return common == {colour}


def _around(grid: Grid, r: int, c: int) -> set[int]:
    height, width = size(grid)
    near = ((r + dr, c + dc) for dr, dc in AROUND)
    return {grid[y][x] for y, x in near if 0 <= y < height and 0 <= x < width}


def _changed_between(pairs: Pairs, colour: int) -> bool:
    return bool(_moves(pairs)) and all(_all_between(a, b, colour) for a, b in pairs)


def _all_between(a: Grid, b: Grid, colour: int) -> bool:
    down = columns_of(a)
    return all(_flanked(a[r], c, colour) or _flanked(down[c], r, colour) for r, c, _, _ in differing(a, b))


def _flanked(line: list[int], at: int, colour: int) -> bool:
    return colour in line[:at] and colour in line[at + 1 :]


def _changed_in_box(pairs: Pairs, colour: int) -> bool:
    return all(_in_box(a, b, colour) for a, b in pairs)


def _in_box(a: Grid, b: Grid, colour: int) -> bool:
    changed = _places(a, b)
    if not changed:
        return True
    top, left, bottom, right = frame(other(a, colour))
    whole = (top, left, bottom + 1, right + 1) == (0, 0, *size(a))
    return not whole and all(top <= r <= bottom and left <= c <= right for r, c in changed)


def _changed_aligned(pairs: Pairs, colour: int) -> bool:
    stay = set(range(10)) - {old for old, _ in _moves(pairs)}
    common = set(stay)
    for a, b in pairs:
        down = columns_of(a)
        for r, c, _, _ in differing(a, b):
            common &= set(a[r]) | set(down[c])
    return common == {colour}


def _changed_border(pairs: Pairs) -> bool:
    return all(_places(a, b) == _edge(a) for a, b in pairs)


def _edge(grid: Grid) -> set[Cell]:
    height, width = size(grid)
    rows = {(r, c) for r in (0, height - 1) for c in range(width)}
    return rows | {(r, c) for r in range(height) for c in (0, width - 1)}


def _line_tally(pairs: Pairs, axis: str) -> bool:
    if axis == "columns":
        pairs = [(columns_of(a), columns_of(b)) for a, b in pairs]
    lines = [line for a, b in pairs for line in zip(a, b, strict=True)]
    return bool(_moves(pairs)) and all(sorted(old) == sorted(new) for old, new in lines)


def _changed_in_line(pairs: Pairs, axis: str) -> bool:
    return bool(_moves(pairs)) and all(_lines_whole(a, b, axis) for a, b in pairs)


def _lines_whole(a: Grid, b: Grid, axis: str) -> bool:
    if axis == "columns":
        a, b = columns_of(a), columns_of(b)
    n = [sum(x != y for x, y in zip(row, new, strict=True)) for row, new in zip(a, b, strict=True)]
    return all(k in (0, len(a[0])) for k in n) and len(a[0]) > 1


def _changes(pairs: Pairs, n: int, moves: tuple[tuple[int, int, int], ...]) -> bool:
    found = differing(*pairs[0])
    counts: dict[Cell, int] = {}
    for _, _, old, new in found:
        counts[old, new] = counts.get((old, new), 0) + 1
    return len(found) == n and len(moves) == len(counts) and counts == {(a, b): k for a, b, k in moves}


def _changes_one(pairs: Pairs, n: int, old: int, new: int) -> bool:
    return _changes(pairs, n, ((old, new, n),)) and n > 0


def _changes_to(pairs: Pairs, n: int, colour: int) -> bool:
    found = differing(*pairs[0])
    return len(found) == n > 0 and {new for _, _, _, new in found} == {colour}


def _changes_many(pairs: Pairs, n: int, colours: int) -> bool:
    found = differing(*pairs[0])
    return len(found) == n and len({new for _, _, _, new in found}) == colours


CHECKS: Mapping[str, Callable[..., bool]] = {
    "change_map": _change_map,
    "changed_from": _changed_from,
    "changed_to": _changed_to,
    "kept": _kept,
    "recolour": _recolour,
    "recolour_by_pair": _recolour_by_pair,
    "changed_count": _changed_count,
    "enclosed_all": _enclosed_all,
    "enclosed_some": _enclosed_some,
    "changed_beside": _changed_beside,
    "changed_between": _changed_between,
    "changed_in_box": _changed_in_box,
    "changed_in_line": _changed_in_line,
    "changed_aligned": _changed_aligned,
    "changed_border": _changed_border,
    "line_tally": _line_tally,
    "changes": _changes,
    "changes_one": _changes_one,
    "changes_to": _changes_to,
    "changes_many": _changes_many,
}
