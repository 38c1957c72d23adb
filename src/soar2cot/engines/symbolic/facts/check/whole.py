"""Checks of claims about the output as the input moved, cut, repeated or combined."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from soar2cot.engines.symbolic.facts.check.measure import (
    AROUND,
    Cell,
    Pairs,
    cells_of,
    columns_of,
    cut,
    frame,
    other,
    pieces,
    size,
)
from soar2cot.records import Grid


def _place(name: str, r: int, c: int, height: int, width: int) -> Cell:
    """Where the cell of the input at (r, c) stands in the output of this flip."""
    last_row, last_column = height - 1, width - 1
    return {
        "lr": (r, last_column - c),
        "ud": (last_row - r, c),
        "180": (last_row - r, last_column - c),
        "cw": (c, last_row - r),
        "ccw": (last_column - c, r),
        "transpose": (c, r),
        "anti": (last_column - c, last_row - r),
    }[name]


def flipped(grid: Grid, name: str) -> Grid:
    """The grid mirrored or turned, cell by cell."""
    height, width = size(grid)
    upright = name in ("lr", "ud", "180")
    made = [[-1] * (width if upright else height) for _ in range(height if upright else width)]
    for r, row in enumerate(grid):
        for c, colour in enumerate(row):
            y, x = _place(name, r, c, height, width)
            made[y][x] = colour
    return made


def _crop_colour(pairs: Pairs, colour: int) -> bool:
    return all(cut(a, frame(cells_of(a, lambda x: x == colour))) == b for a, b in pairs)


def _crop_inside(pairs: Pairs, colour: int) -> bool:
    return all(_inside(a, colour) == b for a, b in pairs)


def _inside(grid: Grid, colour: int) -> Grid:
    top, left, bottom, right = frame(cells_of(grid, lambda x: x == colour))
    upright = [line for line in (grid[top], grid[bottom]) if set(line[left : right + 1]) == {colour}]
    sides = [c for c in (left, right) if {row[c] for row in grid[top : bottom + 1]} == {colour}]
    if len(upright) + len(sides) < 4:
        return []
    return cut(grid, (top + 1, left + 1, bottom - 1, right - 1))


def _fractal(pairs: Pairs, background: int) -> bool:
    return all(_copies(a, background) == b for a, b in pairs)


def _copies(grid: Grid, background: int) -> Grid:
    return [
        [colour if cell != background else background for cell in big for colour in small]
        for big in grid
        for small in grid
    ]


def _one_compartment(pairs: Pairs, colour: int) -> bool:
    return all(b in _cells_between(a, colour) for a, b in pairs)


def _cells_between(grid: Grid, colour: int) -> list[Grid]:
    """The rectangles that whole lines of the colour leave between them."""
    bands = [cut(grid, (top, 0, bottom, len(grid[0]) - 1)) for top, bottom in _stretches(grid, colour)]
    across = _stretches(columns_of(grid), colour)
    found = [cut(band, (0, left, len(band) - 1, right)) for band in bands for left, right in across]
    return found if len(found) > 1 else []


def _stretches(lines: Grid, colour: int) -> list[Cell]:
    found: list[Cell] = []
    start = 0
    for at, line in enumerate([*lines, [colour]]):
        if set(line) == {colour}:
            if at > start:
                found.append((start, at - 1))
            start = at + 1
    return found


def _flip(pairs: Pairs, name: str) -> bool:
    return all(flipped(a, name) == b for a, b in pairs)


def _crop_box(pairs: Pairs, colour: int) -> bool:
    return all(cut(a, frame(other(a, colour))) == b for a, b in pairs)


def _crop_object(pairs: Pairs, rank: str, colour: int) -> bool:
    return all(_object_cut(a, rank, colour) == b for a, b in pairs)


def _object_cut(grid: Grid, rank: str, colour: int) -> Grid:
    found = pieces(other(grid, colour), AROUND)
    wanted = {"most": max, "least": min}[rank](len(piece) for piece in found)
    (only,) = [piece for piece in found if len(piece) == wanted]
    return cut(grid, frame(only)) if len(found) > 1 else []


def _subgrid(pairs: Pairs) -> bool:
    return all(_contains(a, b) for a, b in pairs)


def _contains(a: Grid, b: Grid) -> bool:
    height, width = size(b)
    first = b[0]
    return any(
        a[top][left : left + width] == first and all(a[top + r][left : left + width] == b[r] for r in range(1, height))
        for top in range(len(a) - height + 1)
        for left in range(len(a[0]) - width + 1)
    )


def _half(pairs: Pairs, name: str) -> bool:
    return all(_part(a, name.split()) == b for a, b in pairs)


def _part(grid: Grid, words: list[str]) -> Grid:
    for word in words:
        if word in ("top", "bottom"):
            n = len(grid) // 2
            grid = grid[:n] if word == "top" else grid[len(grid) - n :]
        else:
            n = len(grid[0]) // 2
            grid = [row[:n] if word == "left" else row[len(row) - n :] for row in grid]
    return grid


def _upscale(pairs: Pairs, high: int, wide: int) -> bool:
    return all(_blown_up(a, high, wide) == b for a, b in pairs)


def _blown_up(grid: Grid, high: int, wide: int) -> Grid:
    return [[x for x in row for _ in range(wide)] for row in grid for _ in range(high)]


def _downscale(pairs: Pairs, high: int, wide: int) -> bool:
    return _upscale([(b, a) for a, b in pairs], high, wide)


def _tile(pairs: Pairs, high: int, wide: int) -> bool:
    return all([row * wide for row in a] * high == b for a, b in pairs)


def _tile_flips(pairs: Pairs, high: int, wide: int) -> bool:
    return all(_all_copies(a, b, high, wide) for a, b in pairs)


def _all_copies(a: Grid, b: Grid, high: int, wide: int) -> bool:
    height, width = size(a)
    if size(b) != (height * high, width * wide):
        return False
    names = ("lr", "ud", "180", "cw", "ccw", "transpose", "anti")
    copies = [a, *(flipped(a, name) for name in names)]
    corners = ((r * height, c * width) for r in range(high) for c in range(wide))
    return all(cut(b, (r, c, r + height - 1, c + width - 1)) in copies for r, c in corners)


def _input_in_corner(pairs: Pairs, name: str) -> bool:
    return all(_corner(b, size(a), name.split()) == a for a, b in pairs)


def _corner(grid: Grid, wanted: Cell, words: list[str]) -> Grid:
    rows, columns = wanted
    if rows > len(grid) or columns > len(grid[0]):
        return []
    band = grid[:rows] if "top" in words else grid[-rows:]
    return [row[:columns] if "left" in words else row[-columns:] for row in band]


def _gravity(pairs: Pairs, background: int, way: str) -> bool:
    return all(_fallen(a, background, way) == b for a, b in pairs)


def _fallen(grid: Grid, background: int, way: str) -> Grid:
    if way in ("up", "down"):
        return columns_of(_fallen(columns_of(grid), background, "left" if way == "up" else "right"))
    made: Grid = []
    for row in grid:
        kept = [colour for colour in row if colour != background]
        gap = [background] * (len(row) - len(kept))
        made.append(kept + gap if way == "left" else gap + kept)
    return made


def _shift(pairs: Pairs, step: Cell) -> bool:
    return step != (0, 0) and all(_rolled(a, step) == b for a, b in pairs)


def _rolled(grid: Grid, step: Cell) -> Grid:
    height, width = size(grid)
    return [[grid[(r - step[0]) % height][(c - step[1]) % width] for c in range(width)] for r in range(height)]


def _logic(pairs: Pairs, axis: str, background: int, colour: int, name: str) -> bool:
    return colour != background and all(_combined(a, axis, background, colour, name) == b for a, b in pairs)


def _combined(grid: Grid, axis: str, background: int, colour: int, name: str) -> Grid:
    first, last = (["top"], ["bottom"]) if axis == "rows" else (["left"], ["right"])
    rule = _RULES[name]
    return [
        [colour if rule(x != background, y != background) else background for x, y in zip(upper, lower, strict=True)]
        for upper, lower in zip(_part(grid, first), _part(grid, last), strict=True)
    ]


_RULES: Mapping[str, Callable[[bool, bool], bool]] = {
    "and": lambda x, y: x and y,
    "or": lambda x, y: x or y,
    "xor": lambda x, y: x != y,
    "nor": lambda x, y: not (x or y),
    "first": lambda x, y: x and not y,
    "second": lambda x, y: y and not x,
}

CHECKS: Mapping[str, Callable[..., bool]] = {
    "flip": _flip,
    "crop_box": _crop_box,
    "crop_object": _crop_object,
    "subgrid": _subgrid,
    "half": _half,
    "crop_colour": _crop_colour,
    "crop_inside": _crop_inside,
    "one_compartment": _one_compartment,
    "fractal": _fractal,
    "upscale": _upscale,
    "downscale": _downscale,
    "tile": _tile,
    "tile_flips": _tile_flips,
    "input_in_corner": _input_in_corner,
    "gravity": _gravity,
    "shift": _shift,
    "logic": _logic,
}
