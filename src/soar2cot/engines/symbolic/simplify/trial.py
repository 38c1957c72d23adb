"""Whether a method still gives every grid that is known: what every shorter text must pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import CodeType

from soar2cot.engines.symbolic.follow.compiler import CannotFollowError
from soar2cot.engines.symbolic.follow.follower import Following, Names, Prepared, compiled, followed
from soar2cot.engines.symbolic.follow.limits import CONFIRM_STEPS, bounded_range
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.records import Grid


class Trial:
    """The grids of one program; every verdict is remembered, so asking twice costs nothing.

    A wrong method should be found out at the least cost: small grids come first, and before them the one on which
    the last wrong method failed.

    Args: inputs: every grid that the program was run on; outputs: what it gave, None where that is not known.
          told: those of them on which it will be told how the method runs.
    """

    def __init__(self, inputs: Sequence[Grid], outputs: Sequence[Grid | None], told: Sequence[Grid] = ()) -> None:
        self._told = told
        pairs = [(grid, wanted) for grid, wanted in zip(inputs, outputs, strict=True) if wanted is not None]
        self._pairs = sorted(pairs, key=lambda pair: len(pair[0]) * len(pair[0][0]))
        self._verdicts: dict[tuple[Node, bool], bool] = {}

    def holds(self, method: Node, *, backwards: bool = False, watch: bool = False) -> bool:
        """Whether following gives every known output.

        Args: backwards: with the turns of `every` taken backwards.
              watch: most likely it is the method that will be written, so it is watched where that will be told.
        """
        key = (method, backwards)
        if key not in self._verdicts:
            self._verdicts[key] = self._backwards(method) if backwards else self._follows(method, watch=watch)
        return self._verdicts[key]

    def may_hold(self, method: Node, *, backwards: bool = False) -> bool:
        """Whether following gives the grid that tells most (`telling`)."""
        known = self._verdicts.get((method, backwards))
        if known is not None:
            return known
        code = compiled_if_followed(method)
        prepared = Prepared(code, _BACKWARDS if backwards else {}) if code is not None else None
        if prepared is not None and self.passes(prepared, most=1)[0]:
            return True
        self._verdicts[method, backwards] = False
        return False

    def telling(self) -> tuple[Grid, Grid]:
        """The grid that tells most, the one on which a wrong method failed last, and what it must give."""
        return self._pairs[0]

    def remember(self, method: Node) -> None:
        """Notes a method that was seen to give every known output."""
        self._verdicts[method, False] = True

    def _follows(self, method: Node, *, watch: bool) -> bool:
        code = compiled_if_followed(method)
        if code is None:
            return False
        prepared, watched = Prepared(code), self._told if watch else ()
        return self._all(
            lambda grid: followed(method, grid, steps=CONFIRM_STEPS, prepared=prepared, watch=grid in watched)
        )

    def _backwards(self, method: Node) -> bool:
        code = compiled_if_followed(method)
        if code is None:
            return False
        prepared = Prepared(code, _BACKWARDS)
        return self._all(lambda grid: prepared.run(grid, steps=CONFIRM_STEPS))

    def passes(self, method: Prepared, *, steps: int | None = None, most: int | None = None) -> tuple[bool, int]:
        """Whether the method gives every known output, and how many steps that took.

        Args: steps: at most so many on all grids together; None: `CONFIRM_STEPS` on each.
              most: on so many grids alone, those first on which wrong methods failed; None: on all.
        """
        spent = 0

        def one(grid: Grid) -> Following:
            nonlocal spent
            left = CONFIRM_STEPS if steps is None else max(steps - spent, 1)
            found = method.run(grid, steps=left)
            spent += found.n_steps
            return found

        return self._all(one, most), spent

    def _all(self, follow: Callable[[Grid], Following], most: int | None = None) -> bool:
        for place, (grid, wanted) in enumerate(self._pairs[:most]):
            if follow(grid).grid != wanted:
                self._pairs.insert(0, self._pairs.pop(place))
                return False
        return True


def compiled_if_followed(method: Node) -> CodeType | None:
    """The method ready to run, None where it says something that cannot be done."""
    try:
        return compiled(method)
    except (CannotFollowError, SyntaxError, ValueError, RecursionError):
        return None


def _from_last(rule: int, items: Iterable[object]) -> Iterator[object]:
    return reversed(list(items))


def _numbers_from_last(rule: int, *parts: int) -> Iterator[int]:
    return reversed(bounded_range(*parts))


_BACKWARDS: Names = {"E": _from_last, "B": _numbers_from_last}
