"""`solve_challenge`: the same for every engine. Write, follow, score, revise, pool, guess, compare.

Everything here is deterministic given the answers of the engine: ids come from the sample's key and the place of
the call, there is no clock and no chance. So replaying a half-done sample asks the same questions in the same
places, and the journal answers those that were answered before.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import orjson

from soar2cot.challenge import Challenge, cell_score, changed_f1
from soar2cot.concurrency import all_of
from soar2cot.config import AnyStep, ApiKeys, RunConfig, Step, StepRevision
from soar2cot.engines import open_engine
from soar2cot.engines.base import Attempt, Engine, Followed, FollowQuestion, Question
from soar2cot.errors import NoInstructionError
from soar2cot.journal import Journal
from soar2cot.records import (
    ExampleScore,
    Grid,
    GuessRecord,
    InstructionRecord,
    Instructions,
    Outcome,
    Sample,
    SampleKey,
)

N_GUESSES = 2
NO_KEYS = ApiKeys()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that was followed, with its scores on the training pairs, and where it was written."""

    place: str
    step: AnyStep
    attempt: Attempt
    scores: tuple[ExampleScore, ...]

    @property
    def rank(self) -> tuple[float, int, float]:
        """What the best is taken by: mean cell share, exact pairs, mean F1 on changed cells."""
        return (
            self.attempt.score,
            sum(score.exact for score in self.scores),
            sum(score.changed_f1 for score in self.scores),
        )


async def solve_challenge(
    c: Challenge,
    solution_grids: Sequence[Grid],
    config: RunConfig,
    python_code: str,
    *,
    sample: Sample | None = None,
    engine: Engine | None = None,
) -> Outcome:
    """Turns one program into the best instructions that could be found for it, and says how good they are.

    Args:   c: the puzzle; its training outputs are those that the program gives.
            solution_grids: what the test inputs must give, in order; used for scoring alone, no engine sees them.
            python_code: the program.
            sample: where it came from, for the record; None: an original program of unknown origin, round 0.
            engine: None opens the one that `config` names, and closes it.
    Returns: one instructions record and two guesses; nothing is stored yet.
    Raises: ProgramError: the program itself fails. NoInstructionError: no step gave a text.
            ModelError: a model could not be asked.
    """
    sample = sample or _unknown_sample(c, solution_grids, python_code)
    if engine is not None:
        return await _Solving(c, tuple(solution_grids), config, sample, engine).outcome()
    async with opened_engine(config) as own:
        return await _Solving(c, tuple(solution_grids), config, sample, own).outcome()


@asynccontextmanager
async def opened_engine(
    config: RunConfig, *, journal: Journal | None = None, keys: ApiKeys = NO_KEYS
) -> AsyncGenerator[Engine]:
    """The engine that `config` names, closed at the end."""
    engine = open_engine(config, journal=journal, api_key=keys.writer, follower_api_key=keys.follower)
    try:
        yield engine
    finally:
        await engine.aclose()


def record_id(key: SampleKey) -> str:
    """The id of a sample's record: derived from the key alone, and rising in the order of work, so that rows are
    appended to their index instead of scattered over it."""
    return f"{key.round_index:06d}-{key.task_id}-{key.data_type}"


def _unknown_sample(c: Challenge, solution_grids: Sequence[Grid], python_code: str) -> Sample:
    return Sample(
        key=SampleKey(c.task_id, 0, "original"),
        code=python_code,
        source_model="",
        generation=-1,
        correct_train_input=(True,) * len(c.train),
        predicted_train_output=tuple(pair.output for pair in c.train),
        correct_test_input=(True,) * len(c.test),
        predicted_test_output=tuple(solution_grids),
    )


@dataclass
class _Solving:
    """One sample on its way; `candidates` grows step by step."""

    challenge: Challenge
    solutions: tuple[Grid, ...]
    config: RunConfig
    sample: Sample
    engine: Engine
    candidates: list[Candidate] = field(default_factory=list[Candidate])

    async def outcome(self) -> Outcome:
        problems: list[NoInstructionError] = []
        for index, step in enumerate(self.config.steps):
            if self.candidates and self._ranked()[0].attempt.score == 1:
                break
            problems += await self._take_step(index, step)
        if not self.candidates:
            raise NoInstructionError(
                f"sample {self.sample.key}: no instruction in {len(self.config.steps)} steps "
                f"({'; '.join(sorted({str(problem) for problem in problems}))}); "
                "add a step, raise `times`, or pick another instruction model"
            )
        return await self._finish(self._ranked())

    def _ranked(self) -> list[Candidate]:
        """The best first; of equals the one written first."""
        return sorted(self.candidates, key=lambda candidate: candidate.rank, reverse=True)

    # --- steps

    async def _take_step(self, index: int, step: AnyStep) -> list[NoInstructionError]:
        """Writes and follows what the step asks for; gives the texts that did not come."""
        jobs = self._jobs(index, step)
        done = await all_of(self._candidate(question, verb) for question, verb in jobs)
        self.candidates += [item for item in done if isinstance(item, Candidate)]
        return [item for item in done if isinstance(item, NoInstructionError)]

    def _jobs(self, index: int, step: AnyStep) -> list[tuple[Question, tuple[Attempt, ...]]]:
        """A question for each text of the step, with the attempts that it starts from."""
        if isinstance(step, Step):
            return [(self._question(step, f"{index}.write.{n}"), ()) for n in range(1, step.times + 1)]
        best = [candidate.attempt for candidate in self._ranked()[: step.top_scores_used]]
        if not best:
            return []
        if isinstance(step, StepRevision):
            return [
                (self._question(step, f"{index}.revise.{rank}.{n}"), (attempt,))
                for rank, attempt in enumerate(best, 1)
                for n in range(1, step.times_per_top_score + 1)
            ]
        return [(self._question(step, f"{index}.pool.{n}"), tuple(best)) for n in range(1, step.times + 1)]

    def _question(self, step: AnyStep, place: str) -> Question:
        return Question(self.sample.key, self.challenge, self.sample.code, step, place)

    async def _candidate(self, question: Question, attempts: tuple[Attempt, ...]) -> Candidate | NoInstructionError:
        """One text, followed; a text that did not come is a result here: the others of the step go on."""
        try:
            text = await self._text(question, attempts)
        except NoInstructionError as error:
            return error
        followed = await self._follow_training(text, question, "follow")
        scores = self._scores(followed)
        return Candidate(question.place, question.step, Attempt(text, followed, _mean(scores)), scores)

    async def _text(self, question: Question, attempts: tuple[Attempt, ...]) -> Instructions:
        step = question.step
        if isinstance(step, Step):
            return await self.engine.write(question)
        if isinstance(step, StepRevision):
            return await self.engine.revise(question, attempts[0], use_diffs=step.use_diffs)
        return await self.engine.pool(question, attempts, use_diffs=step.use_diffs)

    # --- following and scoring

    async def _follow_training(
        self, text: Instructions | None, question: Question, verb: str, *, show_examples: bool = True
    ) -> tuple[Followed, ...]:
        """Follows the text on every training input, each time with that pair hidden."""
        train = self.challenge.train
        return tuple(
            await all_of(
                self.engine.follow(
                    FollowQuestion(
                        key=question.key,
                        instructions=text,
                        examples=train[:index] + train[index + 1 :] if show_examples else (),
                        input=pair.input,
                        step=question.step,
                        place=f"{question.place}.{verb}.pair{index}",
                    )
                )
                for index, pair in enumerate(train)
            )
        )

    def _scores(self, followed: tuple[Followed, ...]) -> tuple[ExampleScore, ...]:
        return tuple(
            ExampleScore(
                index=index,
                score=cell_score(answer.grid, pair.output),
                exact=answer.grid == pair.output,
                changed_f1=changed_f1(answer.grid, pair.output, pair.input),
                error=answer.error,
            )
            for index, (answer, pair) in enumerate(zip(followed, self.challenge.train, strict=True))
        )

    # --- guesses

    async def _finish(self, ranked: list[Candidate]) -> Outcome:
        best = ranked[0]
        record = await self._record(best)
        votes = await self._votes(best, ranked[1] if len(ranked) > 1 else None)
        guesses = tuple(self._guess(record, best, number, votes) for number in range(1, N_GUESSES + 1))
        return Outcome(self.sample.key, record, guesses)

    async def _votes(self, best: Candidate, second: Candidate | None) -> list[list[Grid | None]]:
        """For each test input the grids that were found, the most often found first.

        The best text is followed `final_follow_times` times (once where the engine is deterministic); the
        second best once, so that there is a second opinion where all agree.
        """
        times = 1 if self.engine.deterministic else self.config.final_follow_times
        voters = [(best, f"final.{n}") for n in range(1, times + 1)] + ([(second, "final.second")] if second else [])
        found = await all_of(self._follow_test(candidate, place) for candidate, place in voters)
        return [_by_votes([answers[index].grid for answers in found]) for index in range(len(self.challenge.test))]

    async def _follow_test(self, candidate: Candidate, place: str) -> list[Followed]:
        return await all_of(
            self.engine.follow(
                FollowQuestion(
                    key=self.sample.key,
                    instructions=candidate.attempt.instructions,
                    examples=self.challenge.train,
                    input=item.input,
                    step=candidate.step,
                    place=f"{candidate.place}.{place}.test{index}",
                )
            )
            for index, item in enumerate(self.challenge.test)
        )

    def _guess(
        self, record: InstructionRecord, best: Candidate, number: int, votes: list[list[Grid | None]]
    ) -> GuessRecord:
        """The `number`-th guess: for each test input the grid of that rank, the last one where there are fewer."""
        grids = tuple(found[min(number, len(found)) - 1] for found in votes)
        scores = tuple(cell_score(grid, truth) for grid, truth in zip(grids, self.solutions, strict=True))
        return GuessRecord(
            id=f"{record.id}-{number}",
            instructions_score_id=record.id,
            guess_number=number,
            grids=grids,
            model=self.engine.follower_model(best.step),
            avg_score=sum(scores) / len(scores) if scores else 0.0,
            scores=scores,
        )

    # --- the record

    async def _record(self, best: Candidate) -> InstructionRecord:
        text, sample = best.attempt.instructions, self.sample
        return InstructionRecord(
            id=record_id(sample.key),
            key=sample.key,
            task_hash=self.challenge.task_hash,
            instructions=f"{text.input_output_analysis}\n\n{text.transformation_method}".strip(),
            input_output_analysis=text.input_output_analysis,
            transformation_method=text.transformation_method,
            chain_of_thought=text.chain_of_thought,
            model=self.engine.writer_model(best.step),
            example_scores=best.scores,
            score=best.attempt.score,
            step=best.step.model_dump_json(),
            soar_code=sample.code,
            soar_source_model=sample.source_model,
            soar_generation=sample.generation,
            is_hindsight=sample.key.data_type == "hindsight",
            detail=orjson.dumps(await self._detail(best)).decode(),
        )

    async def _detail(self, best: Candidate) -> dict[str, object]:
        detail: dict[str, object] = {
            "engine": self.engine.name,
            "engine_version": self.engine.version,
            "sandbox": self.config.sandbox,
            "place": best.place,
            "n_scored": sum(score.error is None for score in best.scores),
            "n_candidates": len(self.candidates),
            "unnamed": best.attempt.instructions.unnamed,
            "train_outputs": [pair.output for pair in self.challenge.train],
            "test_outputs": self.solutions,
        }
        if best.attempt.instructions.step_lines:
            detail["step_lines"] = best.attempt.instructions.step_lines
        return {**detail, **(await self._lift(best) if self.config.lift else {})}

    async def _lift(self, best: Candidate) -> dict[str, float]:
        """What the text is worth: its score without examples, that of the examples without text, the difference."""
        question = self._question(best.step, best.place)
        text = replace(best.attempt.instructions, chain_of_thought=())
        text_only = _mean(self._scores(await self._follow_training(text, question, "text_only", show_examples=False)))
        examples_only = _mean(self._scores(await self._follow_training(None, question, "examples_only")))
        return {"text_only": text_only, "examples_only": examples_only, "lift": text_only - examples_only}


def _mean(scores: Sequence[ExampleScore]) -> float:
    """Over all pairs: a follower that failed is in it, with 0."""
    return sum(score.score for score in scores) / len(scores) if scores else 0.0


def _by_votes(grids: list[Grid | None]) -> list[Grid | None]:
    """The different grids, the most frequent first, of equals the first found; `[None]` where all failed."""
    counts: dict[bytes, int] = {}
    for grid in grids:
        if grid is not None:
            counts[orjson.dumps(grid)] = counts.get(orjson.dumps(grid), 0) + 1
    return [orjson.loads(key) for key in sorted(counts, key=lambda key: -counts[key])] or [None]
