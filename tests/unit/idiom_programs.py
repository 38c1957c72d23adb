"""What the tests of the idioms share: a program's own grids, its text, and what following that gives."""

from __future__ import annotations

from collections.abc import Sequence

from soar2cot.challenge import copy_grid
from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.method import report, write_method
from soar2cot.records import Grid


def outputs(code: str, inputs: Sequence[Grid]) -> list[Grid]:
    """What the program gives."""
    names: dict[str, object] = {}
    exec(code, names)
    transform = names["transform"]
    return [transform(copy_grid(grid)) for grid in inputs]  # type: ignore[operator]


def told(code: str, inputs: Sequence[Grid]) -> str:
    """The text of the program; following it must give every grid."""
    wanted = outputs(code, inputs)
    text = write_method(code, inputs, wanted).text
    assert [follow(text, grid).grid for grid in inputs] == wanted
    return text


def refused(code: str, inputs: Sequence[Grid]) -> tuple[str, ...]:
    """The idioms that following spoke against."""
    return report(code, inputs, outputs(code, inputs)).refused
