"""Follows a method on one grid: the text is read, what it says is run, with bounded steps and sizes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType

import numpy as np

from soar2cot.challenge import copy_grid
from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.follow.compiler import CannotFollowError
from soar2cot.engines.symbolic.follow.grids import as_grid
from soar2cot.engines.symbolic.follow.runtime import MAX_STEPS, Budget, OutOfBoundsError, namespace
from soar2cot.engines.symbolic.follow.statements import python_of
from soar2cot.engines.symbolic.follow.trail import Recorder, recorded_python
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.text import NotUnderstoodError, Step, read_steps
from soar2cot.records import Grid


@dataclass(frozen=True, slots=True)
class Following:
    """What following gave: a grid or an error, and the checkpoints where they were asked for."""

    grid: Grid | None
    error: str | None = None
    trail: tuple[Checkpoint, ...] = ()
    n_steps: int = 0


def follow(text: str, grid: Grid, *, record: bool = False) -> Following:
    """Reads the text and runs it on a copy of the grid. Whatever goes wrong is an answer, never an exception."""
    try:
        steps, code = _understood(text, record)
    except (NotUnderstoodError, CannotFollowError, SyntaxError, ValueError, RecursionError) as error:
        return Following(None, f"the text cannot be followed: {error}")
    if not steps:
        return Following(None, "the text cannot be followed: it is empty")
    if not record:
        return run(code, grid)
    recorder = Recorder(list(steps), copy_grid(grid))
    result = run(code, grid, names={"snap": recorder.snap, "locals": locals})
    if result.grid is None:
        return result
    recorder.end(result.grid)
    return Following(result.grid, None, tuple(recorder.trail))


@lru_cache(maxsize=64)
def _read(text: str) -> tuple[Step, ...]:
    return tuple(read_steps(text))


@lru_cache(maxsize=64)
def _understood(text: str, record: bool) -> tuple[tuple[Step, ...], CodeType]:
    steps = _read(text)
    if record:
        return steps, _compiled(recorded_python(list(steps)))
    return steps, compiled(Node("block", tuple(item for step in steps for item in step.statements)))


def compiled(method: Node) -> CodeType:
    """The method, ready to run.

    Raises: CannotFollowError: it says something that cannot be done.
    """
    return _compiled(python_of(method)[0])


def _compiled(text: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return compile(text, "<method>", "exec")


def run(
    code: CodeType, grid: Grid, *, steps: int = MAX_STEPS, names: Mapping[str, Callable[..., object]] | None = None
) -> Following:
    """Runs a compiled method on a copy of the grid; `names` are what a recorder adds."""
    budget = Budget(steps)
    here = {**namespace(budget), **(names or {})}
    exec(code, here)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = here["method"](copy_grid(grid))
    except OutOfBoundsError as error:
        return Following(None, str(error), n_steps=steps - budget.left)
    except Exception as error:  # noqa: BLE001 - whatever a text says may fail; that is the answer
        return Following(
            None, f"following failed: {type(error).__name__}: {str(error)[:200]}", n_steps=steps - budget.left
        )
    given = as_grid(answer)
    return (
        Following(given, n_steps=steps - budget.left) if given is not None else Following(None, "the answer is no grid")
    )
