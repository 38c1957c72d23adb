"""What every engine promises, run for the symbolic one and for the test double."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from soar2cot.challenge import Challenge, Example, Input
from soar2cot.config import ProgramLimits, Step
from soar2cot.engines.base import Attempt, Engine, FollowQuestion, Question
from soar2cot.engines.scripted import ScriptedEngine
from soar2cot.engines.symbolic.engine import SymbolicEngine
from soar2cot.records import Instructions, SampleKey
from soar2cot.sandbox import open_sandbox

KEY = SampleKey("007bbfb7", 0, "original")
CODE = "def transform(grid):\n    return [row[::-1] for row in grid]\n"
PUZZLE = Challenge("007bbfb7", (Example([[1, 0]], [[0, 1]]), Example([[2, 3, 0]], [[0, 3, 2]])), (Input([[4, 5]]),))
STEP = Step()


@pytest.fixture(params=["symbolic", "scripted"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "scripted":
        yield ScriptedEngine(following=lambda question: [row[::-1] for row in question.input])
        return
    sandbox = open_sandbox("weak", ProgramLimits())
    yield SymbolicEngine(sandbox)
    sandbox.close()


def question(place: str = "0.write.1") -> Question:
    return Question(KEY, PUZZLE, CODE, STEP, place)


def following(instructions: Instructions, grid: list[list[int]]) -> FollowQuestion:
    return FollowQuestion(KEY, instructions, (), grid, STEP, "0.follow.1.pair1")


async def test_what_is_written_can_be_followed(engine: Engine) -> None:
    written = await engine.write(question())
    assert written.input_output_analysis
    assert written.transformation_method
    assert (await engine.follow(following(written, [[7, 8, 9]]))).grid == [[9, 8, 7]]


async def test_following_leaves_the_grid_as_it_was(engine: Engine) -> None:
    written = await engine.write(question())
    grid = [[1, 2], [3, 4]]
    await engine.follow(following(written, grid))
    assert grid == [[1, 2], [3, 4]]


async def test_a_deterministic_engine_says_the_same_twice(engine: Engine) -> None:
    assert engine.deterministic
    assert await engine.write(question()) == await engine.write(question())


async def test_revising_and_pooling_give_a_text(engine: Engine) -> None:
    written = await engine.write(question())
    attempt = Attempt(written, (), 0.5)
    assert (await engine.revise(question("1.revise.1"), attempt, use_diffs=True)).transformation_method
    assert (await engine.pool(question("2.pool.1"), (attempt,), use_diffs=False)).transformation_method


async def test_it_says_who_it_is_and_closes_twice(engine: Engine) -> None:
    assert engine.name
    assert engine.version
    assert engine.writer_model(STEP)
    assert engine.follower_model(STEP)
    await engine.aclose()
    await engine.aclose()
