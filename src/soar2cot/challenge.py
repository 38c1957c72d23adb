"""The puzzle: grids, pairs, challenges, and the measures by which two grids are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, TypeGuard, cast

import orjson

from soar2cot.errors import ChallengeError
from soar2cot.records import Grid

MAX_SIDE = 30
N_COLOURS = 10
_COMMAS_TO_SPACES = bytes.maketrans(b",", b" ")


@dataclass(frozen=True)
class Example:
    """A training pair: what goes in, what must come out.

    It is written many times over: in each prompt of its sample, and a task's own pairs in the prompts of all its
    samples. So that is done once, when it is first asked for; the grids must not be changed afterwards.
    """

    input: Grid
    output: Grid

    @cached_property
    def written(self) -> tuple[bytes, str, str]:
        """The JSON `[input,output]`, and both grids as `render_grid` gives them."""
        (source, before), (result, after) = self.written_input, _written(self.output)
        return b"[%b,%b]" % (source, result), before, after

    @cached_property
    def written_input(self) -> tuple[bytes, str]:
        """JSON and text of the input."""
        return _written(self.input)

    def with_output(self, output: Grid) -> Example:
        """The same input with another output; what was made of the input is shared."""
        other = Example(self.input, output)
        vars(other)["written_input"] = self.written_input
        return other


def _written(grid: Grid) -> tuple[bytes, str]:
    """The grid's JSON and, made out of it, its text: cell by cell that takes ten times as long."""
    json = orjson.dumps(grid)
    return json, json[2:-2].replace(b"],[", b"\n").translate(_COMMAS_TO_SPACES).decode()


@dataclass(frozen=True)
class Input:
    """A test input, its answer unknown."""

    input: Grid

    @cached_property
    def json(self) -> bytes:
        """The grid."""
        return orjson.dumps(self.input)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A puzzle as the engines see it: training pairs and test inputs, never the answers.

    For a hindsight sample the outputs are those that the program predicted.
    """

    task_id: str
    train: tuple[Example, ...]
    test: tuple[Input, ...]

    @property
    def task_hash(self) -> str:
        """SHA-256 over the canonical JSON of all grids: the same in every process, on every machine."""
        pairs = b",".join([pair.written[0] for pair in self.train])
        inputs = b",".join([item.json for item in self.test])
        return hashlib.sha256(b"[[%b],[%b]]" % (pairs, inputs)).hexdigest()


def is_grid(value: object) -> TypeGuard[Grid]:
    """Whether it is a list of 1 to 30 lists of equal length 1 to 30, integers 0 to 9 and nothing that equals them."""
    if value.__class__ is not list:
        return False
    rows = cast("list[Any]", value)
    if set(map(type, rows)) != {list} or len(rows) > MAX_SIDE:
        return False
    cells: list[Any] = list(chain.from_iterable(rows))
    if set(map(type, cells)) != {int} or min(cells) < 0 or max(cells) >= N_COLOURS:
        return False
    return len(set(map(len, rows))) == 1 and len(rows[0]) <= MAX_SIDE


def check_grid(grid: Any, *, where: str) -> Grid:
    """Gives the grid back if it is one (`is_grid`).

    Raises: ChallengeError: with `where`, the row and what stands there.
    """
    if is_grid(grid):
        return grid
    if not isinstance(grid, list) or not 1 <= len(cast("list[Any]", grid)) <= MAX_SIDE:
        raise ChallengeError(f"{where}: a grid is a list of 1 to {MAX_SIDE} rows, this is {_brief(grid)}")
    rows = cast("list[Any]", grid)
    for index, row in enumerate(rows):
        _check_row(row, where=f"{where}, row {index}")
        if len(row) != len(rows[0]):
            raise ChallengeError(f"{where}, row {index}: {len(row)} cells, the first row has {len(rows[0])}")
    return rows


def _check_row(row: Any, *, where: str) -> None:
    if not isinstance(row, list) or not 1 <= len(cast("list[Any]", row)) <= MAX_SIDE:
        raise ChallengeError(f"{where}: a row is a list of 1 to {MAX_SIDE} colours, this is {_brief(row)}")
    for column, cell in enumerate(cast("list[Any]", row)):
        if type(cell) is not int or not 0 <= cell < N_COLOURS:
            raise ChallengeError(f"{where}, column {column}: a colour is an integer 0 to 9, this is {_brief(cell)}")


def _brief(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"


def shape(grid: Grid) -> tuple[int, int]:
    """(height, width) of the grid."""
    return len(grid), len(grid[0])


def same_shape(a: Grid, b: Grid) -> bool:
    """Whether both have the same height and width."""
    return shape(a) == shape(b)


def cell_score(guess: Grid | None, truth: Grid) -> float:
    """The share of cells that agree, 0..1; 0 where there is no guess or its shape differs."""
    if guess is None or not same_shape(guess, truth):
        return 0.0
    height, width = shape(truth)
    agree = sum(a == b for row, true_row in zip(guess, truth, strict=True) for a, b in zip(row, true_row, strict=True))
    return agree / (height * width)


def changed_f1(guess: Grid | None, truth: Grid, source: Grid) -> float:
    """F1 over the cells that the rule changes, 0..1: copying the input scores 0 here, not 0.85.

    A cell counts as found where guess and truth change it to the same colour. Where truth has another shape
    than the source, every cell counts as changed. 1 where nothing is to change and nothing was changed.
    """
    if guess is None or not same_shape(guess, truth):
        return 0.0
    if not same_shape(truth, source):
        return cell_score(guess, truth)
    wanted = set(changed_cells(source, truth))
    made = set(changed_cells(source, guess))
    if not wanted and not made:
        return 1.0
    found = sum(guess[r][c] == truth[r][c] for r, c in wanted & made)
    return 2 * found / (len(wanted) + len(made))


def changed_cells(before: Grid, after: Grid) -> list[tuple[int, int]]:
    """(row, column) of every cell that differs, row by row; both grids have the same shape."""
    return [
        (r, c)
        for r, (old, new) in enumerate(zip(before, after, strict=True))
        for c, (a, b) in enumerate(zip(old, new, strict=True))
        if a != b
    ]


def render_grid(grid: Sequence[Sequence[int]]) -> str:
    """The grid as text: one line a row, cells parted by one space."""
    return "\n".join(" ".join(map(str, row)) for row in grid)


def render_diff(guess: Grid | None, truth: Grid) -> str:
    """The truth's grid with every wrong cell as `guess->truth`; a sentence where the shapes differ."""
    if guess is None:
        return "no grid was given"
    if not same_shape(guess, truth):
        (gh, gw), (th, tw) = shape(guess), shape(truth)
        return f"the size is {gh} x {gw} and should be {th} x {tw}"
    lines = zip(guess, truth, strict=True)
    return "\n".join(
        " ".join(str(b) if a == b else f"{a}->{b}" for a, b in zip(row, true_row, strict=True))
        for row, true_row in lines
    )


def copy_grid(grid: Grid) -> Grid:
    """A grid of its own: changing it changes nothing else."""
    return list(map(list, grid))
