"""What the follower recorded at one point of the method: the ground on which a chain of thought is told."""

from __future__ import annotations

from dataclasses import dataclass

from soar2cot.records import Grid


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One top-level step of the method, executed on one grid.

    Shapes:  before, after: the meaningful grid around the step, (height, width); equal where the step only
             looked something up.
    Args:    step: the number of the step as it stands in the method, from 1.
             sentence: the step's own text; what hangs below it on lines of its own, numbered and indented.
             notes: what was found, a short phrase each, in order (`the width is 7`, `9 turns`).
    """

    step: int
    sentence: str
    before: Grid
    after: Grid
    notes: tuple[str, ...] = ()
