"""What the follower records while it carries out a method: the states that every claim is checked on."""

from __future__ import annotations

from dataclasses import dataclass

from soar2cot.records import Grid


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One turn of one step, as it was seen to happen.

    `step` counts the numbered steps of the method from 1; a step that loops leaves a checkpoint per turn, all
    with the same `step`. `sentence` is the method's own sentence. `notes` say what was found on the way.
    """

    step: int
    sentence: str
    before: Grid
    after: Grid
    notes: tuple[str, ...] = ()
