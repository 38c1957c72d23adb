"""The contract of an engine: four verbs, each a question with everything needed to answer it.

`solve_challenge` is the same for every engine. A verb's `place` says where in `solve_challenge` it stands
(`0.write.1`); whoever pays for answers keys them by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from soar2cot.challenge import Challenge, Example
from soar2cot.config import AnyStep
from soar2cot.records import Grid, Instructions, SampleKey


@dataclass(frozen=True, slots=True)
class Question:
    """What every verb is told: which sample, which puzzle, which program, which stage, which place."""

    key: SampleKey
    challenge: Challenge
    code: str
    step: AnyStep
    place: str


@dataclass(frozen=True, slots=True)
class FollowQuestion:
    """What a follower may see: the text, the other pairs, one grid. Never the program, never the answer.

    `examples` are the training pairs but the one that is asked; empty in a text-only pass.
    `instructions` is None in an examples-only pass.
    """

    key: SampleKey
    instructions: Instructions | None
    examples: tuple[Example, ...]
    input: Grid
    step: AnyStep
    place: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What following gave: a grid, or the reason why there is none; `thoughts` is the follower's own reasoning."""

    grid: Grid | None
    error: str | None = None
    thoughts: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A text with what following it gave on each training pair, in order."""

    instructions: Instructions
    followed: tuple[Followed, ...]
    score: float


class Engine(Protocol):
    """Writes and follows instructions.

    `name` and `version` are stored with every record; another version means that results may differ.
    """

    @property
    def name(self) -> str:
        """`symbolic`, `llm` or `scripted`."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same question may get another answer."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether asking twice is a waste: the same question gets the same answer within this version."""
        ...

    def writer_model(self, step: AnyStep) -> str:
        """Who writes in this step: the model's name as stored in `instructions.model`."""
        ...

    def follower_model(self, step: AnyStep) -> str:
        """Who follows in this step: the model's name as stored in `guess.model`."""
        ...

    def limit_calls(self, limit: int | Literal["auto"]) -> None:
        """Lets so many model calls be out at each endpoint from now on; an engine that makes none ignores it."""
        ...

    async def write(self, question: Question) -> Instructions:
        """Instructions from the training pairs and the program.

        Raises: ProgramError: the program itself cannot be run. NoInstructionError: nothing usable came out.
        """
        ...

    async def follow(self, question: FollowQuestion) -> Followed:
        """Applies the text to one grid. A failure to follow is an answer (`grid` None), not an exception."""
        ...

    async def revise(self, question: Question, attempt: Attempt, *, use_diffs: bool) -> Instructions:
        """A better text from one that fell short. Raises as `write` does."""
        ...

    async def pool(self, question: Question, attempts: tuple[Attempt, ...], *, use_diffs: bool) -> Instructions:
        """One text from the best of several. Raises as `write` does."""
        ...

    async def aclose(self) -> None:
        """Gives back processes and connections."""
        ...
