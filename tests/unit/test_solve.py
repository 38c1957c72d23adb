"""`solve_challenge`: order of places, honest scores, ranking, guesses, ids."""

from __future__ import annotations

from typing import Any, NoReturn

import orjson
import pytest

from soar2cot import engines
from soar2cot.challenge import Challenge, Example, Input
from soar2cot.config import Endpoint, RunConfig, Step, StepRevision, StepRevisionPool
from soar2cot.engines.base import FollowQuestion, Question
from soar2cot.engines.scripted import ScriptedEngine
from soar2cot.errors import NoInstructionError, ProgramError, SandboxError
from soar2cot.records import Grid, Instructions, Outcome
from soar2cot.solve import opened_engine, solve_challenge

A: Grid = [[1, 0], [0, 0]]
B: Grid = [[0, 1], [0, 0]]
C: Grid = [[0, 0], [1, 0]]
PUZZLE = Challenge("007bbfb7", (Example(A, B), Example(B, C)), (Input(C), Input(A)))
SOLUTIONS = [[[0, 0], [0, 1]], B]
RULE = {str(A): B, str(B): C, str(C): SOLUTIONS[0]}


def perfect(question: FollowQuestion) -> Grid:
    return RULE[str(question.input)]


async def solve(engine: ScriptedEngine, **settings: Any) -> Outcome:
    return await solve_challenge(PUZZLE, SOLUTIONS, RunConfig(**settings), "def transform(grid): ...", engine=engine)


async def test_a_perfect_text_scores_one_and_ends_the_steps() -> None:
    engine = ScriptedEngine(following=perfect)
    outcome = await solve(engine, steps=(Step(), StepRevision()))
    assert outcome.record.score == 1
    assert [guess.avg_score for guess in outcome.guesses] == [1, 1]
    assert [guess.guess_number for guess in outcome.guesses] == [1, 2]
    assert not any("revise" in place for place in engine.asked)


async def test_a_follower_that_failed_counts_as_zero_and_is_named() -> None:
    outcome = await solve(ScriptedEngine(following=lambda q: None if q.input == A else perfect(q)))
    assert outcome.record.score == 0.5
    assert [score.error for score in outcome.record.example_scores] == ["scripted: no grid", None]
    assert orjson.loads(outcome.record.detail)["n_scored"] == 1
    assert outcome.guesses[0].grids == (SOLUTIONS[0], None)
    assert outcome.guesses[0].scores == (1, 0)


async def test_the_pair_that_is_asked_is_hidden() -> None:
    seen: list[tuple[Grid, tuple[Grid, ...]]] = []

    def following(question: FollowQuestion) -> Grid:
        seen.append((question.input, tuple(example.input for example in question.examples)))
        return perfect(question)

    await solve(ScriptedEngine(following=following))
    assert seen[:2] == [(A, (B,)), (B, (A,))]
    assert seen[2:] == [(C, (A, B)), (A, (A, B))]


async def test_steps_ask_in_fixed_places() -> None:
    engine = ScriptedEngine()
    steps = (Step(times=2), StepRevision(top_scores_used=2, times_per_top_score=1), StepRevisionPool(times=1))
    await solve(engine, steps=steps)
    written = [place for place in engine.asked if "pair" not in place and "test" not in place]
    assert written == ["0.write.1", "0.write.2", "1.revise.1.1", "1.revise.2.1", "2.pool.1"]
    assert "0.write.2.follow.pair1" in engine.asked
    assert "0.write.1.final.1.test0" in engine.asked


async def test_the_best_text_wins_and_the_second_gives_the_second_guess() -> None:
    def following(question: FollowQuestion) -> Grid:
        good = question.instructions is not None and question.instructions.transformation_method.endswith("0.write.2")
        return perfect(question) if good else A

    outcome = await solve(ScriptedEngine(following=following), steps=(Step(times=2),))
    assert outcome.record.transformation_method == "method at 0.write.2"
    assert outcome.guesses[0].grids == tuple(SOLUTIONS)
    assert outcome.guesses[1].grids == (A, A)


async def test_votes_decide_where_the_engine_is_not_deterministic() -> None:
    answers = {"final.1": A, "final.2": B, "final.3": B}

    def following(question: FollowQuestion) -> Grid:
        return next((grid for name, grid in answers.items() if name in question.place), C)

    outcome = await solve(ScriptedEngine(following=following, deterministic=False), final_follow_times=3)
    assert [guess.grids[0] for guess in outcome.guesses] == [B, A]


async def test_one_text_that_does_not_come_costs_only_itself() -> None:
    def writing(question: Question) -> Instructions:
        if question.place == "0.write.1":
            raise NoInstructionError("refused")
        return Instructions("analysis", "method")

    outcome = await solve(ScriptedEngine(writing=writing, following=perfect), steps=(Step(times=2),))
    assert outcome.record.score == 1


async def test_no_text_at_all_is_an_error_with_the_reasons() -> None:
    def writing(question: Question) -> Instructions:
        raise NoInstructionError("refused")

    with pytest.raises(NoInstructionError, match=r"sample 007bbfb7/0/original: no instruction in 1 steps \(refused\)"):
        await solve(ScriptedEngine(writing=writing))


async def test_a_program_that_fails_is_that_error_itself() -> None:
    def writing(question: Question) -> Instructions:
        raise ProgramError("it raised", kind="IndexError")

    with pytest.raises(ProgramError, match="it raised"):
        await solve(ScriptedEngine(writing=writing))


async def test_the_same_questions_give_the_same_rows() -> None:
    first, second = [await solve(ScriptedEngine(following=perfect)) for _ in range(2)]
    assert first == second
    assert first.guesses[0].instructions_score_id == first.record.id
    assert first.guesses[0].id != first.guesses[1].id


async def test_lift_tells_what_the_text_is_worth() -> None:
    def following(question: FollowQuestion) -> Grid:
        return perfect(question) if question.instructions is not None else [[9, 9], [9, 9]]

    outcome = await solve(ScriptedEngine(following=following), lift=True)
    detail = orjson.loads(outcome.record.detail)
    assert (detail["text_only"], detail["examples_only"], detail["lift"]) == (1, 0, 1)


async def test_the_record_carries_what_the_gate_of_the_export_compares() -> None:
    outcome = await solve(ScriptedEngine(following=perfect))
    detail = orjson.loads(outcome.record.detail)
    assert detail["train_outputs"] == [B, C]
    assert detail["test_outputs"] == SOLUTIONS


async def test_an_engine_that_asks_models_needs_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> NoReturn:
        raise SandboxError("there is none on this machine")

    monkeypatch.setattr(engines, "open_sandbox", refused)
    async with opened_engine(RunConfig(engine="llm", writer=Endpoint(base_url="http://127.0.0.1:9/v1", model="m"))):
        pass
    with pytest.raises(SandboxError):
        async with opened_engine(RunConfig()):
            pass
