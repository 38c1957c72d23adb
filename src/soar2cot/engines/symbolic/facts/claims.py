"""What a sentence stands for: a typed claim, and the recorded states that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from soar2cot.challenge import Challenge
from soar2cot.engines.symbolic.checkpoints import Checkpoint

Value: TypeAlias = "bool | int | str | tuple[int, ...] | tuple[tuple[int, ...], ...]"
Where: TypeAlias = Literal["pairs", "pair", "test", "step", "answer"]


@dataclass(frozen=True, slots=True)
class Trails:
    """How the method was seen to run: on one training pair, as a check, and on every test input.

    `pair` is the index in `Challenge.train` of the pair that is shown as a check. `tests` holds a trail per test
    input, in order. The first checkpoint of a trail starts from the input, the last one ends in the answer.
    """

    pair: int
    check: tuple[Checkpoint, ...]
    tests: tuple[tuple[Checkpoint, ...], ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a claim is about: all training pairs, one of them, a test input, or a place in a trail.

    `index` is the pair or the test input, from 0. `turn` is the place of the checkpoint in that trail, from 0;
    `trail` says whether the trail is that of the checked `pair` or that of a `test` input.
    """

    where: Where
    index: int = 0
    trail: Literal["pair", "test"] = "pair"
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A predicate with its arguments, where it holds, and the value it has there (True where it just holds)."""

    predicate: str
    args: tuple[Value, ...]
    scope: Scope
    value: Value = True


@dataclass(frozen=True, slots=True)
class States:
    """All that a claim can be checked against: the puzzle and, for a chain of thought, the trails."""

    challenge: Challenge
    trails: Trails | None = None
