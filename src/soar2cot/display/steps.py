"""A program's run on one grid, told as steps: per top-level statement of `transform` the grid before and after."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from soar2cot.challenge import is_grid
from soar2cot.records import Grid
from soar2cot.sandbox.base import GridResult, LineEvent


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement of `transform`; lines are the program's own, from 1, both ends included."""

    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Step:
    """One statement executed: the grid before and after it. `name` is the variable that holds it.

    `number` counts the statements from 1; a statement that changed no grid makes no step.
    """

    number: int
    statement: Statement
    name: str
    before: Grid
    after: Grid


def statements(code: str) -> tuple[Statement, ...]:
    """The top-level statements of `transform` without its docstring; none where the code cannot be parsed."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError):
        return ()
    found = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == "transform"]
    if not found:
        return ()
    kept = [node for node in found[-1].body if not _is_docstring(node)]
    return tuple(Statement(node.lineno, node.end_lineno or node.lineno) for node in kept)


def steps(code: str, result: GridResult, source: Grid) -> tuple[Step, ...]:
    """What each statement did to a grid, in order, from the line events of a traced run.

    A grid made anew is set beside the one that it was made from: the last one of the same shape, else the last one.
    """
    known: dict[str, Grid] = {}
    last = source
    told: list[Step] = []
    for number, statement, values in _visits(statements(code), result.events):
        for name, grid in values.items():
            before = known.get(name, last)
            if grid != before:
                told.append(Step(number, statement, name, before, grid))
                last = grid
            known[name] = grid
    if result.grid is not None and result.grid != last:
        end = statements(code)[-1:]
        told += [Step(len(statements(code)), statement, "return", last, result.grid) for statement in end]
    return tuple(told)


def _visits(body: Sequence[Statement], events: Sequence[LineEvent]) -> list[tuple[int, Statement, dict[str, Grid]]]:
    """Per statement, in order of execution, the grids as they were when it was left.

    The values of an event were changed by the statement before it.
    """
    visits: list[tuple[int, Statement, dict[str, Grid]]] = []
    current: tuple[int, Statement] | None = None
    grids: dict[str, Grid] = {}
    for event in events:
        if event.function != "transform":
            continue
        if current is not None:
            grids.update(_grids(event.values))
        inside = next(((n, s) for n, s in enumerate(body, 1) if s.first_line <= event.line <= s.last_line), None)
        if current is not None and inside != current:
            visits.append((*current, grids))
            grids = {}
        current = inside
    if current is not None and grids:
        visits.append((*current, grids))
    return visits


def _grids(values: dict[str, object]) -> dict[str, Grid]:
    return {name: value for name, value in values.items() if is_grid(value)}


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
