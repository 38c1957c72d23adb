"""Records as rows of the database and back, the same for SQLite and PostgreSQL.

Texts come from language models and from programs that nobody has read. A NUL and half a surrogate pair cannot
stand in a database text; they, and the mark itself, are written as mark + code + `;`. All other texts stand as
they are, readable with plain SQL.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson

from soar2cot.errors import LedgerError
from soar2cot.ledger.base import RunInfo
from soar2cot.records import (
    Call,
    DataType,
    ExampleScore,
    Failure,
    GuessRecord,
    InstructionRecord,
    Outcome,
    SampleKey,
)

KeyRow: TypeAlias = tuple[int, str, int]
NANO = 1_000_000_000

_MARK = "\ue0ff"
_UNSTORABLE = re.compile(f"[\x00\ud800-\udfff{_MARK}]")
_STORED = re.compile(f"{_MARK}([0-9a-f]+);")


def store_text(text: str) -> str:
    """A text as the database can hold it."""
    if text.isascii() and "\x00" not in text:
        return text
    return _UNSTORABLE.sub(lambda match: f"{_MARK}{ord(match[0]):x};", text)


def load_text(text: str) -> str:
    """The text that `store_text` was given."""
    return _STORED.sub(lambda match: chr(int(match[1], 16)), text) if _MARK in text else text


def key_row(key: SampleKey) -> KeyRow:
    """(round_index, task_id, is_hindsight): the order of every index.

    Raises: LedgerError: a data type that does not exist.
    """
    if key.data_type not in {"original", "hindsight"}:
        raise LedgerError(f"sample {key}: data_type is {key.data_type!r}, it must be 'original' or 'hindsight'")
    return key.round_index, key.task_id, int(key.data_type == "hindsight")


def load_key(task_id: str, round_index: int, is_hindsight: int | bool) -> SampleKey:
    """The key of a row."""
    data_type: DataType = "hindsight" if is_hindsight else "original"
    return SampleKey(task_id, round_index, data_type)


def nano(value: float | None) -> int:
    """A fraction as a whole number of billionths: sums of them are exact in any order."""
    return int((value or 0.0) * NANO + 0.5)  # as the SQL of `picked_totals` rounds


def instructions_row(record: InstructionRecord, *, created_s: int) -> tuple[Any, ...]:
    """In the order of `put_instructions`."""
    if record.is_hindsight != (record.key.data_type == "hindsight"):
        raise LedgerError(f"sample {record.key}: the record says is_hindsight={record.is_hindsight}")
    return (
        *key_row(record.key),
        record.id,
        record.task_hash,
        store_text(record.instructions),
        store_text(record.input_output_analysis),
        store_text(record.transformation_method),
        _store_json(record.chain_of_thought),
        store_text(record.model),
        _store_json(record.example_scores),
        float(record.score),
        store_text(record.step),
        store_text(record.soar_code),
        store_text(record.soar_source_model),
        record.soar_generation,
        store_text(record.detail),
        created_s,
    )


def load_instructions(row: Sequence[Any]) -> InstructionRecord:
    """From a row of `record` or `records_after`."""
    (id_, task_id, round_index, is_hindsight, task_hash, instructions, analysis, method, thoughts, model) = row[:10]
    (example_scores, score, step, soar_code, source_model, generation, detail, created_at) = row[10:]
    return InstructionRecord(
        id=id_,
        key=load_key(task_id, round_index, is_hindsight),
        task_hash=task_hash,
        instructions=load_text(instructions),
        input_output_analysis=load_text(analysis),
        transformation_method=load_text(method),
        chain_of_thought=tuple(_load_json(thoughts)),
        model=load_text(model),
        example_scores=tuple(ExampleScore(**item) for item in _load_json(example_scores)),
        score=float(score),
        step=load_text(step),
        soar_code=load_text(soar_code),
        soar_source_model=load_text(source_model),
        soar_generation=generation,
        is_hindsight=bool(is_hindsight),
        detail=load_text(detail),
        created_at=created_at,
    )


def guess_row(guess: GuessRecord, *, created_s: int) -> tuple[Any, ...]:
    """In the order of `put_guess`; an id that follows from its instructions' id is not written again."""
    derived = f"{guess.instructions_score_id}-{guess.guess_number}"
    return (
        guess.instructions_score_id,
        guess.guess_number,
        None if guess.id == derived else guess.id,
        _store_json(guess.grids),
        store_text(guess.model),
        float(guess.avg_score),
        _store_json(guess.scores),
        created_s,
    )


def load_guess(row: Sequence[Any]) -> GuessRecord:
    """From a row of `guesses_between`."""
    id_, instructions_id, number, grids, model, avg_score, scores = row
    return GuessRecord(
        id=id_,
        instructions_score_id=instructions_id,
        guess_number=number,
        grids=tuple(_load_json(grids)),
        model=load_text(model),
        avg_score=float(avg_score),
        scores=tuple(map(float, _load_json(scores))),
    )


def check_outcome(key: SampleKey, outcome: Outcome) -> None:
    """Refuses an outcome whose parts do not belong together.

    Raises: LedgerError: it is another sample's, or a guess belongs to other instructions.
    """
    if not key == outcome.key == outcome.record.key:
        raise LedgerError(f"sample {key}: the outcome is that of {outcome.key} / {outcome.record.key}")
    for guess in outcome.guesses:
        if guess.instructions_score_id != outcome.record.id:
            raise LedgerError(f"sample {key}: guess {guess.guess_number} belongs to {guess.instructions_score_id}")


def answer_row(call: Call) -> tuple[Any, ...]:
    """In the order of `answer_call`, without the key and the id."""
    return (
        _store_optional(call.answer),
        _store_optional(call.reasoning),
        _store_optional(call.finish_reason),
        call.prompt_tokens,
        call.cached_tokens,
        call.completion_tokens,
        call.cost_usd,
        float(call.latency_s),
    )


def call_row(call: Call) -> tuple[Any, ...]:
    """In the order of `put_call`."""
    told = (call.id, call.place, call.model, call.endpoint, call.prompt_hash, call.params)
    return (*key_row(call.key), *map(store_text, told), *answer_row(call), call.sent_at)


def load_call(key: SampleKey, row: Sequence[Any]) -> Call:
    """From a row of `calls_of`."""
    told = [load_text(value) for value in row[:6]]
    answer, reasoning, finish_reason = (None if value is None else load_text(value) for value in row[6:9])
    prompt, cached, completion, cost, latency, sent_at = row[9:]
    return Call(
        told[0],
        key,
        *told[1:],
        answer=answer,
        reasoning=reasoning,
        finish_reason=finish_reason,
        prompt_tokens=prompt,
        cached_tokens=cached,
        completion_tokens=completion,
        cost_usd=cost,
        latency_s=float(latency),
        sent_at=sent_at,
    )


def load_failure(row: Sequence[Any]) -> Failure:
    """From a row of `failures`."""
    task_id, round_index, is_hindsight, attempts, error_type, message, failed_at = row
    key = load_key(task_id, round_index, is_hindsight)
    return Failure(key, attempts, load_text(error_type), load_text(message), failed_at)


def load_run(row: Sequence[Any]) -> RunInfo:
    """From a row of `runs`."""
    run_id, started_at, finished_at, reason, config, *rest = row
    return RunInfo(run_id, started_at, finished_at, reason, orjson.loads(config), *rest)


def utc_text(seconds: float) -> str:
    """A time as the tables show it: UTC, ISO 8601, whole seconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _store_json(value: Any) -> str:
    try:
        return store_text(orjson.dumps(value).decode())
    except TypeError:  # half a surrogate pair, which orjson refuses: as an escape, by the slower way
        return _dump_odd(value)


def _dump_odd(value: Any) -> str:
    import dataclasses
    import json

    return json.dumps(value, default=lambda item: dataclasses.asdict(item), separators=(",", ":"))


def _load_json(text: str) -> Any:
    text = load_text(text)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        import json

        return json.loads(text)


def _store_optional(text: str | None) -> str | None:
    return None if text is None else store_text(text)
