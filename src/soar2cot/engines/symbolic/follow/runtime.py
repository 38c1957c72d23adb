"""What a follower's constructs do, with bounded sizes and steps."""

# Values here are of any type by nature (what a method computes, what a syntax tree holds).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import copy
import functools
import heapq
import itertools
import math
from collections import Counter, OrderedDict, defaultdict, deque
from functools import cache
from typing import Any

import numpy as np

from soar2cot.engines.symbolic.follow.limits import (
    LARGE,
    Budget,
    ByChanceError,
    OutOfBoundsError,
    bounded,
    bounded_combinations,
    bounded_permutations,
    bounded_product,
    bounded_range,
    held,
    numpy,
    sized,
)
from soar2cot.engines.symbolic.idioms.library import operations

_WHOLE = frozenset((int,))


def do_times(a: Any, b: Any) -> Any:
    if a.__class__ is int and b.__class__ is int:
        return held(a) * b  # most products are of two numbers
    if isinstance(a, (list, tuple, str)):
        bounded(len(a) * max(int(b), 0) if isinstance(b, (int, np.integer)) else 0)
    elif isinstance(b, (list, tuple, str)):
        bounded(len(b) * max(int(a), 0) if isinstance(a, (int, np.integer)) else 0)
    else:
        held(a)
    return a * b  # pyright: ignore[reportOperatorIssue] - whatever two values multiply


def do_factor(a: Any, b: Any) -> Any:
    """`b`, where `a` may be made so many times longer."""
    bounded(len(a) * max(int(b), 0) if isinstance(a, list) else 0)
    held(a)
    return held(b)


def do_plus(a: Any, b: Any) -> Any:
    if a.__class__ is int and b.__class__ is int and -LARGE < a < LARGE and -LARGE < b < LARGE:
        return a + b  # most sums are of two numbers
    return held(a) + held(b)


def do_held(a: Any) -> Any:
    return held(a)


def do_power(a: Any, b: Any) -> Any:
    if isinstance(a, int) and isinstance(b, int) and a.bit_length() * abs(b) > 4096:
        raise OutOfBoundsError("a number larger than a follower may hold")
    return a**b


def do_shift(a: Any, b: Any) -> Any:
    bounded(int(np.max(b)) * 1000)
    return a << b


def do_size(shape: Any) -> Any:
    return sized(shape)


def do_height(grid: Any) -> Any:
    return len(grid) if grid.__class__ is list or not isinstance(grid, np.ndarray) else grid.shape[0]


def do_width(grid: Any) -> Any:
    return len(grid[0]) if grid.__class__ is list or not isinstance(grid, np.ndarray) else grid.shape[1]


def do_at(grid: Any, place: tuple[Any, Any]) -> Any:
    if grid.__class__ is list:
        return grid[place[0]][place[1]]
    if isinstance(grid, np.ndarray) or (isinstance(grid, dict) and place in grid):
        return grid[place]
    return grid[place[0]][place[1]]


def do_put(grid: Any, row: Any, column: Any, value: Any) -> None:
    if grid.__class__ is list:
        grid[row][column] = value
    elif isinstance(grid, np.ndarray) or (isinstance(grid, dict) and row not in grid):
        grid[row, column] = value  # a table may be kept by cells
    else:
        grid[row][column] = value


def do_inside(place: tuple[Any, Any], grid: Any) -> bool:
    height, width = (len(grid), len(grid[0])) if grid.__class__ is list else (do_height(grid), do_width(grid))
    return bool(0 <= place[0] < height and 0 <= place[1] < width)


def do_within(place: tuple[Any, Any], height: Any, width: Any) -> bool:
    return bool(0 <= place[0] < height and 0 <= place[1] < width)


def do_copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    return [row[:] for row in value] if _is_plain(value) else copy.deepcopy(value)


def _is_plain(value: Any) -> bool:
    """Whether it is a list of lists of whole numbers, no two of them the same list, as most grids are."""
    if value.__class__ is not list or not value or len(set(map(id, value))) < len(value):
        return False
    return all(row.__class__ is list and _WHOLE.issuperset(map(type, row)) for row in value)


def do_grid_copy(grid: Any) -> Any:
    return grid.copy() if isinstance(grid, np.ndarray) else [list(row) for row in grid]


def do_blank(height: Any, width: Any, value: Any) -> list[list[Any]]:
    bounded(int(height) * int(width))
    return [[value for _ in range(width)] for _ in range(height)]


def do_blank_like(grid: Any, value: Any) -> list[list[Any]]:
    return do_blank(do_height(grid), do_width(grid), value)


def do_zeros(shape: Any, kind: type) -> Any:
    return np.zeros(sized(shape), dtype=kind)


def do_full(shape: Any, value: Any) -> Any:
    return np.full(sized(shape), value)


def do_tile(array: Any, times: Any) -> Any:
    bounded(np.size(array) * math.prod(np.atleast_1d(times).tolist()))
    return np.tile(array, times)


def do_repeat(array: Any, times: Any, axis: Any = None) -> Any:
    bounded(np.size(array) * int(np.max(times)))
    return np.repeat(array, times, axis=axis)


def do_kron(a: Any, b: Any) -> Any:
    bounded(np.size(a) * np.size(b))
    return np.kron(a, b)


def _pad_width(array: Any, width: Any) -> Any:
    bounded((np.size(array) + 1) * (int(np.max(width)) + 1) ** 2)
    return width


def do_pad(array: Any, width: Any, value: Any) -> Any:
    return np.pad(array, _pad_width(array, width), mode="constant", constant_values=value)


def do_pad_mode(array: Any, width: Any, mode: Any) -> Any:
    return np.pad(array, _pad_width(array, width), mode=mode)


def do_resize(array: Any, shape: Any) -> Any:
    return np.resize(array, sized(shape))


def do_eye(size: Any) -> Any:
    return np.eye(sized(size), dtype=int)


def do_flat(array: Any) -> Any:
    return np.asarray(array).flatten()


def do_column(grid: Any, column: Any) -> list[Any]:
    return [row[column] for row in grid]


def do_distinct_but(values: Any, excepted: Any) -> Any:
    found = np.unique(values)
    return found[found != excepted]


def do_label(array: Any, structure: Any = None) -> Any:
    from scipy import ndimage

    return ndimage.label(array, structure=structure)


def do_fill_holes(array: Any, structure: Any = None) -> Any:
    from scipy import ndimage

    return ndimage.binary_fill_holes(array, structure=structure)


def do_dilate(array: Any, structure: Any = None, times: int = 1) -> Any:
    from scipy import ndimage

    return ndimage.binary_dilation(array, structure=structure, iterations=times)


def do_center(array: Any) -> Any:
    from scipy import ndimage

    return ndimage.center_of_mass(array)


def do_heap_pop(heap: Any) -> Any:
    return heapq.heappop(heap)


def do_heap_push(heap: Any, item: Any) -> None:
    heapq.heappush(heap, item)


def do_erode(array: Any, structure: Any = None) -> Any:
    from scipy import ndimage

    return ndimage.binary_erosion(array, structure=structure)


def do_structure(rank: Any, connectivity: Any) -> Any:
    from scipy import ndimage

    return ndimage.generate_binary_structure(int(rank), int(connectivity))


def do_convolve(array: Any, weights: Any) -> Any:
    from scipy import ndimage

    return ndimage.convolve(array, weights, mode="constant")


def do_sums_in(array: Any, labels: Any, groups: Any) -> Any:
    from scipy import ndimage

    return ndimage.sum(array, labels, list(groups))


def do_find_objects(labels: Any) -> Any:
    from scipy import ndimage

    return ndimage.find_objects(labels)


def do_top(cells: Any) -> Any:
    return min(cell[0] for cell in cells)


def do_bottom(cells: Any) -> Any:
    return max(cell[0] for cell in cells)


def do_leftmost(cells: Any) -> Any:
    return min(cell[1] for cell in cells)


def do_rightmost(cells: Any) -> Any:
    return max(cell[1] for cell in cells)


def do_by_chance() -> Any:
    raise ByChanceError("what is left to chance cannot be followed")


_SIDES = ((-1, 0), (1, 0), (0, -1), (0, 1))
_CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def _around(place: tuple[Any, Any], grid: Any, steps: tuple[tuple[int, int], ...]) -> list[tuple[Any, Any]]:
    height, width = do_height(grid), do_width(grid)
    found = [(place[0] + down, place[1] + right) for down, right in steps]
    return [(row, column) for row, column in found if 0 <= row < height and 0 <= column < width]


def do_beside(place: tuple[Any, Any], grid: Any) -> list[tuple[Any, Any]]:
    return _around(place, grid, _SIDES)


def do_touching(place: tuple[Any, Any], grid: Any) -> list[tuple[Any, Any]]:
    return _around(place, grid, (*_SIDES, *_CORNERS))


def do_diagonal_to(place: tuple[Any, Any], grid: Any) -> list[tuple[Any, Any]]:
    return _around(place, grid, _CORNERS)


@cache
def _reachable() -> dict[str, Any]:
    own = {f"f{name[2:]}": value for name, value in globals().items() if name.startswith("do_")}
    return {
        **own,
        **operations(),
        **{item.__name__: item for item in _BUILTINS},
        "range": bounded_range,
        "np": numpy(),
        "array": np.ndarray,
        "math": math,
        "Counter": Counter,
        "OrderedDict": OrderedDict,
        "defaultdict": defaultdict,
        "deque": deque,
        "product": bounded_product,
        "groupby": itertools.groupby,
        "combinations": bounded_combinations,
        "permutations": bounded_permutations,
        "chain": itertools.chain,
        "accumulate": itertools.accumulate,
        "zip_longest": itertools.zip_longest,
        "reduce": functools.reduce,
        "ValueError": ValueError,
        "Exception": Exception,
    }


def namespace(budget: Budget) -> dict[str, Any]:
    """All that a following can reach: no files, no modules beyond numpy's functions, no names of a program."""
    turns = {"T": budget.turns, "C": budget.items, "L": budget.items, "R": budget.range, "tick": budget.tick}
    rules = {"E": budget.any_order, "B": budget.any_range, "before": _before}
    return {**_reachable(), "__builtins__": {}, "W": False, "locals": locals, **turns, **rules}


def _before(rule: int, grid: Any) -> Any:
    """The grid as it is before the first turn of a rule, which a trial may take for what it is at each turn."""
    return do_grid_copy(grid)


_BUILTINS: tuple[Any, ...] = (
    abs, all, any, bool, dict, divmod, enumerate, filter, float, frozenset, int, isinstance, iter, len, list, map,
    max, min, next, reversed, round, set, slice, sorted, str, sum, tuple, type, zip,
)  # fmt: skip
