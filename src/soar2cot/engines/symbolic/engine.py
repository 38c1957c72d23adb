"""The symbolic engine: no model; what it writes it can follow from the text alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Literal

from soar2cot.challenge import Challenge
from soar2cot.config import AnyStep
from soar2cot.engines.base import Attempt, Followed, FollowQuestion, Question
from soar2cot.engines.symbolic.facts import Facts, Length, Trails, analyse, check_pair, think
from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.method import Method, write_method
from soar2cot.engines.symbolic.version import VERSION
from soar2cot.errors import NoInstructionError, ProgramError
from soar2cot.records import Grid, Instructions
from soar2cot.sandbox.base import Job, Sandbox

MAX_KNOWN = 512  # puzzles: a round holds one program of each task, so the same puzzle comes again a round later


class SymbolicEngine:
    """Writes by translating the program, follows by reading the text. Implements `engines.base.Engine`.

    Args: sandbox: where programs run, one at a time; closed with the engine.
          length: of the chain of thought.
    """

    name = "symbolic"
    version = VERSION
    deterministic = True

    def __init__(self, sandbox: Sandbox, *, length: Length = "medium") -> None:
        self._sandbox = sandbox
        self._length: Length = length
        self._lock = asyncio.Lock()
        self._facts: dict[str, Facts] = {}

    def writer_model(self, step: AnyStep) -> str:
        """Always `symbolic`."""
        return self.name

    def follower_model(self, step: AnyStep) -> str:
        """Always `symbolic`."""
        return self.name

    def limit_calls(self, limit: int | Literal["auto"]) -> None:
        """There are none."""

    async def write(self, question: Question) -> Instructions:
        """Analysis, method and chain of thought.

        Raises: ProgramError: the program failed on a training input.
        """
        async with self._lock:
            return await asyncio.to_thread(self.write_now, question.challenge, question.code)

    def write_now(self, challenge: Challenge, code: str) -> Instructions:
        """As `write`, in this thread."""
        told = [challenge.train[check_pair(challenge)].input, *(item.input for item in challenge.test)]
        method = write_method(code, challenge_inputs(challenge), self._execute(challenge, code), told=told)
        facts = self._known(challenge)
        written = Instructions(
            input_output_analysis=analyse(facts),
            transformation_method=method.text,
            chain_of_thought=self._think(facts, method),
            unnamed=method.unnamed,
            step_lines=method.step_lines,
        )
        facts.put_away()
        return written

    async def follow(self, question: FollowQuestion) -> Followed:
        """Reads the method and runs it on the grid, with bounded steps."""
        if question.instructions is None:
            return Followed(None, "there is no text to follow, and examples alone are not enough for this engine")
        text = question.instructions.transformation_method
        result = await asyncio.to_thread(follow, text, question.input)
        return Followed(result.grid, result.error)

    async def revise(self, question: Question, attempt: Attempt, *, use_diffs: bool) -> Instructions:
        """The systematic text, without any idiom, for what fell short; nothing is learnt from the wrong grids."""
        method = await asyncio.to_thread(self._plain, question)
        if method.text == attempt.instructions.transformation_method:
            return attempt.instructions
        return replace(
            attempt.instructions,
            transformation_method=method.text,
            unnamed=method.unnamed,
            step_lines=method.step_lines,
        )

    async def pool(self, question: Question, attempts: tuple[Attempt, ...], *, use_diffs: bool) -> Instructions:
        """The best of the texts, the shortest of equals."""
        if not attempts:
            raise NoInstructionError(f"sample {question.key}: there is nothing to pool; write first")
        best = min(attempts, key=lambda item: (-item.score, len(item.instructions.transformation_method)))
        return best.instructions

    async def aclose(self) -> None:
        """Closes the sandbox."""
        self._sandbox.close()

    def _plain(self, question: Question) -> Method:
        inputs = challenge_inputs(question.challenge)
        return write_method(question.code, inputs, (None,) * len(inputs), plain=True)

    def _execute(self, challenge: Challenge, code: str) -> tuple[Grid | None, ...]:
        execution = self._sandbox.run(Job(code, tuple(challenge_inputs(challenge))))
        for index, result in enumerate(execution.results[: len(challenge.train)]):
            if result.failed is not None:
                failed = result.failed
                raise ProgramError(
                    f"{challenge.task_id}: the program failed on training input {index + 1} ({failed.kind}: "
                    f"{failed.message}); leave the sample out or raise the program limits",
                    kind=failed.kind,
                )
        return execution.grids

    def _known(self, challenge: Challenge) -> Facts:
        """What is known of the puzzle; programs that do the same to a task's inputs share it."""
        key = f"{challenge.task_id} {challenge.task_hash}"
        facts = self._facts.pop(key, None) or Facts(challenge)
        self._facts[key] = facts
        if len(self._facts) > MAX_KNOWN:
            del self._facts[next(iter(self._facts))]
        return facts

    def _think(self, facts: Facts, method: Method) -> tuple[str, ...]:
        challenge = facts.challenge
        pair = check_pair(challenge)
        check = follow(method.text, challenge.train[pair].input, record=True)
        tests = [follow(method.text, item.input, record=True) for item in challenge.test]
        if check.grid is None or any(item.grid is None for item in tests):
            return ()
        return think(facts, Trails(pair, check.trail, tuple(item.trail for item in tests)), self._length)


def challenge_inputs(challenge: Challenge) -> list[Grid]:
    """Every input grid, the training pairs' first."""
    return [item.input for item in challenge.train] + [item.input for item in challenge.test]
