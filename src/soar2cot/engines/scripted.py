"""The test double among the engines: its answers are given to it, its questions are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from soar2cot.challenge import copy_grid
from soar2cot.config import AnyStep
from soar2cot.engines.base import Attempt, Followed, FollowQuestion, Question
from soar2cot.records import Grid, Instructions

Writing: TypeAlias = Callable[[Question], Instructions]
Following: TypeAlias = Callable[[FollowQuestion], Grid | None]


def plain_text(question: Question) -> Instructions:
    """A text that names the place where it was asked for."""
    return Instructions(f"analysis at {question.place}", f"method at {question.place}")


def copy_input(question: FollowQuestion) -> Grid:
    """Follows every text by copying the input."""
    return copy_grid(question.input)


@dataclass
class ScriptedEngine:
    """Answers from two functions; whatever they raise, it raises.

    `asked` holds the place of every question in the order of asking.
    """

    writing: Writing = plain_text
    following: Following = copy_input
    deterministic: bool = True
    version: str = "scripted 1"
    name: str = "scripted"
    asked: list[str] = field(default_factory=list[str])
    closed: bool = False

    def writer_model(self, step: AnyStep) -> str:
        """The step's own model, or `scripted`."""
        return step.instruction_model or self.name

    def follower_model(self, step: AnyStep) -> str:
        """The step's own model, or `scripted`."""
        return step.follow_model or self.name

    def limit_calls(self, limit: int | Literal["auto"]) -> None:
        """There are none."""

    async def write(self, question: Question) -> Instructions:
        """What `writing` says."""
        self.asked.append(question.place)
        return self.writing(question)

    async def follow(self, question: FollowQuestion) -> Followed:
        """What `following` says; no grid is a failure to follow."""
        self.asked.append(question.place)
        grid = self.following(question)
        return Followed(grid, None if grid is not None else "scripted: no grid")

    async def revise(self, question: Question, attempt: Attempt, *, use_diffs: bool) -> Instructions:
        """As `write`."""
        return await self.write(question)

    async def pool(self, question: Question, attempts: tuple[Attempt, ...], *, use_diffs: bool) -> Instructions:
        """As `write`."""
        return await self.write(question)

    async def aclose(self) -> None:
        """Notes it."""
        self.closed = True
