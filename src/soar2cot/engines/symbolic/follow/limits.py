"""The bounds of a following: steps, the size of collections, the length of numbers."""

# Values here are of any type by nature (what a method computes).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar, Token
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

MAX_STEPS = 12_000_000
CONFIRM_STEPS = 400_000  # a grid that takes more is not run again and again for a shorter text
TOO_MANY_STEPS = "more steps than a follower may take"
MAX_ITEMS = 4_000_000
_MANY = 1000  # turns of one loop that are counted one by one: most of them may never be taken
LARGE = 1 << 4096  # whole numbers stay below


class OutOfBoundsError(BaseException):
    """A limit was reached. Not an `Exception`: no `try this` of a method swallows it."""


class ByChanceError(BaseException):
    """The text leaves something to chance: no grid is the right one. Not swallowed either."""


class Budget:
    """Counts the turns of all loops of one following, and what its collections hold: four items cost a step."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Raises: OutOfBoundsError: there are not so many left."""
        self.left -= steps
        if self.left < 0:
            raise OutOfBoundsError(TOO_MANY_STEPS)

    def tick(self) -> None:
        """One turn."""
        self.left -= 1
        if self.left < 0:
            raise OutOfBoundsError(TOO_MANY_STEPS)

    def turns(self, items: Iterable[Any]) -> Iterable[Any]:
        """The items, each costing a step, of a collection that the turns may make longer."""
        return self.items(items) if items.__class__ is range or items.__class__ is tuple else self._one_by_one(items)

    def items(self, items: Any) -> Iterable[Any]:
        """The items of a collection that stays as it is: counted at once, as counting one by one takes its time."""
        try:
            n_items = len(items)
        except TypeError:
            return self._one_by_one(items)
        if n_items > _MANY:
            return self._one_by_one(items)
        self.left -= n_items
        if self.left < 0:
            raise OutOfBoundsError(TOO_MANY_STEPS)
        return items

    def range(self, *parts: Any) -> Iterable[int]:
        """`items` of `bounded_range`, as nearly all loops begin: in one call."""
        found = range(*parts)
        n_items = len(found)
        if n_items > _MANY:
            return self._one_by_one(bounded_range(*parts))
        self.left -= n_items
        if self.left < 0:
            raise OutOfBoundsError(TOO_MANY_STEPS)
        return found

    def any_order(self, rule: int, items: Any) -> Iterable[Any]:
        """`items` of a rule for every cell, which a trial may take backwards."""
        return self.items(items)

    def any_range(self, rule: int, *parts: Any) -> Iterable[int]:
        """`range` of one."""
        return self.range(*parts)

    def _one_by_one(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self.left -= 1
            if self.left < 0:
                raise OutOfBoundsError(TOO_MANY_STEPS)
            yield item


_BUDGET: ContextVar[Budget] = ContextVar("budget of the following that runs here")


def spend_from(budget: Budget) -> Token[Budget]:
    """What follows here is paid from this budget, until `pay_no_more`."""
    return _BUDGET.set(budget)


def pay_no_more(token: Token[Budget]) -> None:
    """Ends what `spend_from` began."""
    _BUDGET.reset(token)


def bounded(n_items: float) -> None:
    """Room for so many items. Raises: OutOfBoundsError: they are too many."""
    if n_items > MAX_ITEMS:
        raise OutOfBoundsError("a collection larger than a follower may hold")
    budget = _BUDGET.get(None) if n_items > 3 else None
    if budget is not None:
        budget.spend(int(n_items) >> 2)


def sized(shape: Any) -> Any:
    """The shape, where an array of it may be held."""
    bounded(math.prod(abs(int(n)) for n in shape) if isinstance(shape, (tuple, list)) else int(shape))
    return shape


def held(value: Any) -> Any:
    """The value, where it may be held twice over: a list, a text or a whole number that is not too long."""
    kind = value.__class__
    if kind is int:
        if not -LARGE < value < LARGE:
            raise OutOfBoundsError("a number larger than a follower may hold")
    elif kind is list or kind is str or kind is tuple:
        bounded(len(value))
    return value


def bounded_range(*parts: Any) -> range:
    """`range`, of so many numbers only as a collection may hold."""
    found = range(*parts)
    if len(found) > _MANY:
        bounded(len(found))
    return found


def bounded_product(*parts: Any, repeat: int = 1) -> Iterator[Any]:
    """`itertools.product`, bounded."""
    pools = [tuple(part) for part in parts]
    bounded(math.prod(map(len, pools)) ** max(int(repeat), 0))
    return itertools.product(*pools, repeat=repeat)


def bounded_permutations(items: Any, length: int | None = None) -> Iterator[Any]:
    """`itertools.permutations`, bounded."""
    pool = tuple(items)
    bounded(math.perm(len(pool), length))
    return itertools.permutations(pool, length)


def bounded_combinations(items: Any, length: int) -> Iterator[Any]:
    """`itertools.combinations`, bounded."""
    pool = tuple(items)
    bounded(math.comb(len(pool), length))
    return itertools.combinations(pool, length)


@cache
def numpy() -> SimpleNamespace:
    """numpy, with bounds where it makes arrays larger than those it is given."""
    shaped = {label: _of_shape(getattr(np, label)) for label in ("ones", "zeros", "empty", "full", "identity")}
    joined = {
        label: _joined(getattr(np, label))
        for label in ("concatenate", "vstack", "hstack", "dstack", "stack", "column_stack", "block", "append", "insert")
    }
    asked = {"all": _asked_of_all(np.all, np.logical_and), "any": _asked_of_all(np.any, np.logical_or)}
    own = {"arange": _arange, "linspace": _linspace, "outer": _outer, "meshgrid": _meshgrid}
    return SimpleNamespace(**{**vars(np), **shaped, **joined, **asked, **own})


def _of_shape(make: Callable[..., Any]) -> Callable[..., Any]:
    def made(shape: Any, *others: Any, **named: Any) -> Any:
        return make(sized(shape), *others, **named)

    return made


def _joined(join: Callable[..., Any]) -> Callable[..., Any]:
    def joined(*parts: Any, **named: Any) -> Any:
        found = join(*parts, **named)  # at most a few times as large as what was held before
        bounded(found.size)
        return found

    return joined


def _asked_of_all(ask: Callable[..., Any], join: np.ufunc) -> Callable[..., Any]:
    """numpy's `all` or `any`, of all cells of an array at half the cost: some methods ask at every turn."""

    def asked(array: Any, *others: Any, **named: Any) -> Any:
        if others or named or array.__class__ is not np.ndarray:
            return ask(array, *others, **named)
        return join.reduce(array, None, bool)

    return asked


def _arange(*parts: Any, **named: Any) -> Any:
    start, stop, step = (*((0, *parts) if len(parts) == 1 else parts), 1)[:3]
    bounded(abs(stop - start) / abs(step) if step else 0)
    return np.arange(*parts, **named)


def _linspace(start: Any, stop: Any, number: Any = 50, **named: Any) -> Any:
    return np.linspace(start, stop, sized(number), **named)


def _outer(first: Any, second: Any) -> Any:
    bounded(np.size(first) * np.size(second))
    return np.outer(first, second)


def _meshgrid(*parts: Any, **named: Any) -> Any:
    bounded(math.prod(np.size(part) for part in parts))
    return np.meshgrid(*parts, **named)
