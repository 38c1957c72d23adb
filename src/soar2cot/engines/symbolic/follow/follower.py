"""Follows a method on one grid."""

from __future__ import annotations

from dataclasses import dataclass

from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.records import Grid


@dataclass(frozen=True, slots=True)
class Following:
    """What following gave: a grid or an error, and the checkpoints where they were asked for."""

    grid: Grid | None
    error: str | None = None
    trail: tuple[Checkpoint, ...] = ()


def follow(text: str, grid: Grid, *, record: bool = False) -> Following:
    """Reads the text and runs it on the grid."""
    return Following(None, "the text says something that cannot be followed")
