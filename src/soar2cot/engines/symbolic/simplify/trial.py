"""Whether a method still gives every grid that is known: what every shorter text must pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import CodeType

from soar2cot.engines.symbolic.follow.compiler import CannotFollowError
from soar2cot.engines.symbolic.follow.follower import Following, compiled, followed, run
from soar2cot.engines.symbolic.follow.limits import CONFIRM_STEPS
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.records import Grid

Names = Mapping[str, object]


class Trial:
    """The grids of one program; every verdict is remembered, so asking twice costs nothing.

    A wrong method should be found out at the least cost: small grids come first, and before them the one on which
    the last wrong method failed.

    Args: inputs: every grid that the program was run on; outputs: what it gave, None where that is not known.
    """

    def __init__(self, inputs: Sequence[Grid], outputs: Sequence[Grid | None]) -> None:
        pairs = [(grid, wanted) for grid, wanted in zip(inputs, outputs, strict=True) if wanted is not None]
        self._pairs = sorted(pairs, key=lambda pair: len(pair[0]) * len(pair[0][0]))
        self._verdicts: dict[tuple[Node, bool], bool] = {}

    def holds(self, method: Node, *, backwards: bool = False) -> bool:
        """Whether following gives every known output; `backwards`: with the turns of `every` taken backwards."""
        key = (method, backwards)
        if key not in self._verdicts:
            self._verdicts[key] = self._follows(method, backwards=backwards)
        return self._verdicts[key]

    def remember(self, method: Node) -> None:
        """Notes a method that was seen to give every known output."""
        self._verdicts[method, False] = True

    def _follows(self, method: Node, *, backwards: bool) -> bool:
        try:
            code = compiled(method)
        except (CannotFollowError, SyntaxError, ValueError, RecursionError):
            return False
        if backwards:
            return self._all(lambda grid: run(code, grid, steps=CONFIRM_STEPS, names={"E": _backwards}))
        return self._all(lambda grid: followed(method, grid, steps=CONFIRM_STEPS))

    def passes(
        self, code: CodeType, names: Names, *, steps: int | None = None, most: int | None = None
    ) -> tuple[bool, int]:
        """Whether the compiled method gives every known output, and how many steps that took.

        Args: steps: at most so many on all grids together; None: `CONFIRM_STEPS` on each.
              most: on so many grids alone, those first on which wrong methods failed; None: on all.
        """
        spent = 0

        def one(grid: Grid) -> Following:
            nonlocal spent
            left = CONFIRM_STEPS if steps is None else max(steps - spent, 1)
            found = run(code, grid, steps=left, names=names)
            spent += found.n_steps
            return found

        return self._all(one, most), spent

    def _all(self, follow: Callable[[Grid], Following], most: int | None = None) -> bool:
        for place, (grid, wanted) in enumerate(self._pairs[:most]):
            if follow(grid).grid != wanted:
                self._pairs.insert(0, self._pairs.pop(place))
                return False
        return True


def _backwards(items: Iterable[object]) -> Iterator[object]:
    return reversed(list(items))
