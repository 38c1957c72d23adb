"""What passes between the rooms: plain, frozen values with no behaviour of their own.

Shapes: a grid is a list of rows, (height, width), 1 to 30 each; cells are colours 0 to 9.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Grid: TypeAlias = list[list[int]]
DataType: TypeAlias = Literal["original", "hindsight"]


class SampleKey(NamedTuple):
    """The identity of one SOAR row, for ever: in the ledger, in progress.json, in every id.

    `round_index` is the row's ordinal within its task; `data_type` is `original` where every test
    output was right, else `hindsight`.
    """

    task_id: str
    round_index: int
    data_type: str

    @property
    def turn(self) -> tuple[int, str, str]:
        """Its place in the order of work: rounds go up, tasks within a round in alphabetical order."""
        return self.round_index, self.task_id, self.data_type

    def __str__(self) -> str:
        return f"{self.task_id}/{self.round_index}/{self.data_type}"


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of the data set, decoded.

    `row` is the ordinal in the input file, for messages only: never part of the identity.
    `generation` is -1 where unknown.
    """

    key: SampleKey
    code: str
    source_model: str
    generation: int
    correct_train_input: tuple[bool, ...]
    predicted_train_output: tuple[Grid, ...]
    correct_test_input: tuple[bool, ...]
    predicted_test_output: tuple[Grid, ...]
    row: int = -1


@dataclass(frozen=True, slots=True)
class Instructions:
    """What an engine writes: an analysis of the pairs and a method that can be followed.

    `chain_of_thought` holds one text per test input, in order; empty where the engine gives none.
    `unnamed` counts the passages that had to fall back on literal code (symbolic engine).
    `step_lines` holds for each numbered line of the method the first and the last line of the program that it tells
    of, from 1, None where that is not known; empty where the engine does not note it.
    """

    input_output_analysis: str
    transformation_method: str
    chain_of_thought: tuple[str, ...] = ()
    unnamed: int = 0
    step_lines: tuple[tuple[int, int] | None, ...] = ()


@dataclass(frozen=True, slots=True)
class ExampleScore:
    """How one training pair was reproduced from the text alone.

    `score` is the share of cells that agree, 0..1 (0 where the shape differs or the follower
    failed); `changed_f1` is the F1 over the cells that the rule changes; `error` names a failed follow.
    """

    index: int
    score: float
    exact: bool
    changed_f1: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class InstructionRecord:
    """A row of `instructions`: the text that won, its scores, where it came from. One per sample.

    `score` is the mean of `example_scores`, 0..1: followers that failed count as 0.
    `step` is the stage of the config that produced the text, as JSON text.
    `detail` is JSON text for what has no column of its own (lift, sandbox level, engine version).
    `created_at` is when the ledger took it, UTC in ISO 8601; empty before that, and no part of equality.
    """

    id: str
    key: SampleKey
    task_hash: str
    instructions: str
    input_output_analysis: str
    transformation_method: str
    chain_of_thought: tuple[str, ...]
    model: str
    example_scores: tuple[ExampleScore, ...]
    score: float
    step: str
    soar_code: str
    soar_source_model: str
    soar_generation: int
    is_hindsight: bool
    detail: str = "{}"
    created_at: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class GuessRecord:
    """A row of `guess`: one of the two answers, a grid per test input.

    `scores` holds the cell-wise share per test input, 0..1; a `None` grid is one that failed (score 0).
    """

    id: str
    instructions_score_id: str
    guess_number: int
    grids: tuple[Grid | None, ...]
    model: str
    avg_score: float
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a finished sample leaves: committed in one transaction with its completion."""

    key: SampleKey
    record: InstructionRecord
    guesses: tuple[GuessRecord, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a sample was parked. `attempts` counts the executions of this sample over all runs."""

    key: SampleKey
    attempts: int
    error_type: str
    message: str
    failed_at: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a model with its answer, as the journal keeps it.

    `place` says where in `solve_challenge` the call stands (`0.write.1`, `0.follow.1.pair2`), so that
    replaying finds it; `prompt_hash` is the SHA-256 of the request's bytes: another prompt is another call.
    `answer` is the raw answer, kept even where it cannot be parsed; None while only the intent is known:
    such a call was in flight when the process died and may have been paid for.
    Token counts are 0 and `cost_usd` is None where the server or the price table does not say.
    """

    id: str
    key: SampleKey
    place: str
    model: str
    endpoint: str
    prompt_hash: str
    params: str
    answer: str | None = None
    reasoning: str | None = None
    finish_reason: str | None = None
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    latency_s: float = 0.0
    sent_at: str = ""
