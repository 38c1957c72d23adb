"""Follows a method on one grid: the text is read, what it says is run, with bounded steps and sizes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import CodeType, MappingProxyType
from typing import Any

import numpy as np

from soar2cot.challenge import copy_grid
from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.follow.compiler import CannotFollowError
from soar2cot.engines.symbolic.follow.grids import as_grid
from soar2cot.engines.symbolic.follow.limits import (
    MAX_STEPS,
    TOO_MANY_STEPS,
    Budget,
    ByChanceError,
    OutOfBoundsError,
    pay_no_more,
    spend_from,
)
from soar2cot.engines.symbolic.follow.runtime import namespace
from soar2cot.engines.symbolic.follow.statements import python_of
from soar2cot.engines.symbolic.follow.trail import Watcher, tell
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.text import NotUnderstoodError, Step, read_steps
from soar2cot.records import Grid

MODULE = "<method>"
Names = Mapping[str, object]
_NONE: Names = MappingProxyType({})
_QUIET = ("ignore", None, Warning, re.compile(r"(<method>|numpy|scipy)(\.|\Z)"), 0)  # as `warnings` keeps it


@dataclass(frozen=True, slots=True)
class Following:
    """What following gave: a grid or an error, and the checkpoints where they were asked for.

    `seen` is what checkpoints are made of, where it was watched and they were not made yet.
    """

    grid: Grid | None
    error: str | None = None
    trail: tuple[Checkpoint, ...] = ()
    n_steps: int = 0
    seen: Watcher | None = field(default=None, repr=False, compare=False)


def follow(text: str, grid: Grid, *, record: bool = False) -> Following:
    """Reads the text and runs it on a copy of the grid. Whatever goes wrong is an answer, never an exception."""
    try:
        steps, method = _understood(text)
        compiled(method)
    except (NotUnderstoodError, CannotFollowError, SyntaxError, ValueError, RecursionError) as error:
        return Following(None, f"the text cannot be followed: {error}")
    if not steps:
        return Following(None, "the text cannot be followed: it is empty")
    found = followed(method, grid, watch=record)  # mostly known: what was written was confirmed so
    if not record or found.grid is None or found.seen is None:
        return found
    trail = tell(steps, copy_grid(grid), found.seen, found.grid)
    given = _given(method, grid)
    given[:] = [replace(item, seen=None) for item in given]  # it is told once, and large
    return Following(found.grid, None, trail)


@lru_cache(maxsize=64)
def _understood(text: str) -> tuple[tuple[Step, ...], Node]:
    steps = read_steps(text)
    return steps, _one_of_equals(Node("block", tuple(item for step in steps for item in step.statements)))


@lru_cache(maxsize=256)
def _one_of_equals(method: Node) -> Node:
    """The method, or one just like it that was met before: what is the same object need not be compared again."""
    return method


def followed(
    method: Node, grid: Grid, *, steps: int = MAX_STEPS, prepared: Prepared | None = None, watch: bool = False
) -> Following:
    """As `run`; what the same method gave on the same grid a while ago is not followed again.

    Args: prepared: the method, where it is ready already.
          watch: `seen` is wanted too, which is kept until it is told.
    Raises: CannotFollowError: the method says something that cannot be done.
    """
    given = _given(method, grid)
    if not given or (watch and given[0].seen is None and given[0].grid is not None):
        if watch:
            found = _watched(method, grid, steps)
        else:
            found = (prepared or Prepared(compiled(method))).run(grid, steps=steps)
        if found.n_steps > steps:
            return found  # it was stopped: what it gives with more steps is not known
        given[:] = [found]
    found = given[0]
    if found.grid is None:
        return found
    if found.n_steps > steps:
        return Following(None, TOO_MANY_STEPS, n_steps=found.n_steps)
    return Following(copy_grid(found.grid), None, found.trail, found.n_steps, found.seen if watch else None)


def _watched(method: Node, grid: Grid, steps: int) -> Following:
    watcher = Watcher(method)
    return replace(run(compiled(method), grid, steps=steps, names=watcher.names), seen=watcher)


def _given(method: Node, grid: Grid) -> list[Following]:
    """Where what a method gave on a grid is kept: nothing, or its first and only answer."""
    return _kept(_one_of_equals(method), tuple(map(tuple, grid)))


@lru_cache(maxsize=256)
def _kept(method: Node, rows: tuple[tuple[int, ...], ...]) -> list[Following]:
    return []


@lru_cache(maxsize=64)
def compiled(method: Node) -> CodeType:
    """The method, ready to run.

    Raises: CannotFollowError: it says something that cannot be done.
    """
    return compiled_text(python_of(method)[0])


def compiled_text(text: str) -> CodeType:
    """What `python_of` wrote, ready to run."""
    _keep_quiet()
    return compile(text, MODULE, "exec")


def _keep_quiet() -> None:
    """What Python and numpy remark on a method (an empty mean, a comparison by identity) is nobody's concern.

    For the whole process, since `warnings.catch_warnings` is not safe where other threads follow too; only for what
    a method does. Said again where somebody took it back, as test tools do between tests.
    """
    if _QUIET not in warnings.filters:
        warnings.filterwarnings("ignore", module=_QUIET[3].pattern)


def run(code: CodeType, grid: Grid, *, steps: int = MAX_STEPS, names: Names = _NONE) -> Following:
    """Runs a compiled method on a copy of the grid; `names` are what a recorder or a trial adds."""
    return Prepared(code, names).run(grid, steps=steps)


class Prepared:
    """A compiled method with all that it can reach, to be run on many grids; by one thread at a time.

    What was made ready once saves a third of the time of a short run: Python finds names where it found them before.
    """

    def __init__(self, code: CodeType, names: Names = _NONE) -> None:
        self._budget = Budget()
        here: dict[str, Any] = {**namespace(self._budget), **names, "__name__": MODULE}
        exec(code, here)
        # taken out: names that hold the method which holds them would be left to the garbage collector
        self._method: Callable[[Grid], object] = here.pop("method")

    def run(self, grid: Grid, *, steps: int = MAX_STEPS) -> Following:
        """Runs it on a copy of the grid."""
        budget = self._budget
        budget.left = steps
        token = spend_from(budget)
        try:
            with np.errstate(all="ignore"):
                answer = self._method(copy_grid(grid))
        except (OutOfBoundsError, ByChanceError) as error:
            return Following(None, str(error), n_steps=steps - budget.left)
        except Exception as error:  # noqa: BLE001 - whatever a text says may fail; that is the answer
            why = f"following failed: {type(error).__name__}: {str(error)[:200]}"
            return Following(None, why, n_steps=steps - budget.left)
        finally:
            pay_no_more(token)
        given = as_grid(answer)
        if given is None:
            return Following(None, "the answer is no grid", n_steps=steps - budget.left)
        return Following(given, n_steps=steps - budget.left)
