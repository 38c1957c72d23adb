"""The canonical record: everything that an exported sample says, from which every view is rendered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import orjson

from soar2cot.challenge import Example
from soar2cot.records import Grid, GuessRecord, InstructionRecord


class Task(Protocol):
    """A puzzle with all its answers, pairs in the official order."""

    @property
    def train(self) -> Sequence[Example]:
        """The training pairs."""
        ...

    @property
    def test(self) -> Sequence[Example]:
        """The test pairs; of them only the inputs are used."""
        ...


Tasks = Mapping[str, Task]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the ledger holds of one sample, as JSON-able values, with a digest of all of it.

    The digest is what an incremental export compares: the same digest is the same record.
    """

    values: dict[str, Any]

    @classmethod
    def of(cls, record: InstructionRecord, guesses: Sequence[GuessRecord]) -> Stored:
        """From a row of `instructions` and its rows of `guess`."""
        detail = cast("dict[str, Any]", orjson.loads(record.detail))
        return cls(
            {
                "id": record.id,
                "task_id": record.key.task_id,
                "round_index": record.key.round_index,
                "data_type": record.key.data_type,
                "is_hindsight": record.is_hindsight,
                "task_hash": record.task_hash,
                "input_output_analysis": record.input_output_analysis,
                "transformation_method": record.transformation_method,
                "instructions": record.instructions,
                "chain_of_thought": list(record.chain_of_thought),
                "python_code": record.soar_code,
                "model": record.model,
                "training_score": record.score,
                "example_scores": [[s.score, s.exact, s.changed_f1] for s in record.example_scores],
                "guesses": [_guess(guess) for guess in sorted(guesses, key=lambda guess: guess.guess_number)],
                "soar_source_model": record.soar_source_model,
                "soar_generation": record.soar_generation,
                "created_at": record.created_at,
                "train_outputs": detail.get("train_outputs"),
                "test_outputs": detail.get("test_outputs"),
                "sandbox": detail.get("sandbox", ""),
                "engine_version": detail.get("engine_version", ""),
            }
        )

    @property
    def sort_key(self) -> tuple[str, int, str]:
        """The sample's key: the order of rows in every file."""
        return self.values["task_id"], self.values["round_index"], self.values["data_type"]

    def digest(self) -> str:
        """SHA-256 over all values."""
        return hashlib.sha256(self.to_line()).hexdigest()

    def to_line(self) -> bytes:
        """One line of JSON, without its end."""
        try:
            return orjson.dumps(self.values)
        except TypeError:  # half a surrogate pair in some text, which no file format can hold
            return orjson.dumps(_sound(self.values))

    @classmethod
    def from_line(cls, line: bytes) -> Stored:
        """The inverse of `to_line`."""
        return cls(orjson.loads(line))


def _guess(guess: GuessRecord) -> dict[str, Any]:
    return {
        "guess_number": guess.guess_number,
        "grids": list(guess.grids),
        "model": guess.model,
        "avg_score": guess.avg_score,
        "scores": list(guess.scores),
    }


def canonical(stored: Stored, task: Task) -> dict[str, Any]:
    """The canonical record of a sample whose stored grids were proved by execution.

    `train` and `test` are the pairs that the program solves: ARC's inputs, the program's outputs. `reached`
    says per test input whether the first guess, made by following this text, is exactly the program's output:
    only there does the reasoning lead to the answer.
    """
    values = dict(stored.values)
    train, test = values.pop("train_outputs"), values.pop("test_outputs")
    scores = values["example_scores"]
    guesses = values["guesses"]
    return values | {
        "train": _pairs(task.train, train),
        "test": _pairs(task.test, test),
        "example_scores": [dict(zip(("score", "exact", "changed_f1"), item, strict=True)) for item in scores],
        "reached": [bool(guesses) and _grid_at(guesses[0], i) == grid for i, grid in enumerate(test)],
        "best_test_score": max((guess["avg_score"] for guess in guesses), default=0.0),
        "num_guesses": len(guesses),
        "soar_round_index": values["round_index"],
    }


def _pairs(examples: Sequence[Example], outputs: list[Grid]) -> list[dict[str, Grid]]:
    return [{"input": pair.input, "output": output} for pair, output in zip(examples, outputs, strict=True)]


def _grid_at(guess: dict[str, Any], index: int) -> Grid | None:
    grids: list[Grid | None] = guess["grids"]
    return grids[index] if index < len(grids) else None


def _sound(value: Any) -> Any:
    """The value with U+FFFD for every half of a surrogate pair."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_sound(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {name: _sound(item) for name, item in cast("dict[str, Any]", value).items()}
    return value
