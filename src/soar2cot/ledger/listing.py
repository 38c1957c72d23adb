"""A list of results: what it can be narrowed to, and a line of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from soar2cot.ledger.rows import load_text, utc_text
from soar2cot.records import SampleKey

COLUMNS = "id, task_id, round_index, data_type, score, model, soar_source_model, created_at"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None or empty is no condition.

    `words` must all stand in the instructions, in any case. `engine` is `symbolic` or `llm`.
    """

    task_id: str = ""
    rounds: tuple[int, int] | None = None
    data_type: Literal["", "original", "hindsight"] = ""
    model: str = ""
    source_model: str = ""
    min_score: float | None = None
    max_score: float | None = None
    engine: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list. `cursor` continues after it (the id of the result)."""

    key: SampleKey
    score: float
    model: str
    source_model: str
    created_at: str
    cursor: str


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, the last in the order of work first.

    `next_cursor` is None at the end; where the page is not full, time was up and the search goes on from there.
    `n_searched`: results looked at for this page.
    """

    rows: tuple[Listed, ...]
    next_cursor: str | None
    n_searched: int


def conditions(wanted: Filter) -> tuple[str, list[Any]]:
    """SQL to be added after WHERE …, and its values."""
    parts: list[tuple[str, list[Any]]] = []
    if wanted.task_id:
        parts.append(("task_id = ?", [wanted.task_id]))
    if wanted.rounds:
        parts.append(("round_index BETWEEN ? AND ?", list(wanted.rounds)))
    if wanted.data_type:
        parts.append(("data_type = ?", [wanted.data_type]))
    if wanted.model:
        parts.append(("model = ?", [wanted.model]))
    if wanted.source_model:
        parts.append(("soar_source_model = ?", [wanted.source_model]))
    if wanted.min_score is not None:
        parts.append(("score >= ?", [wanted.min_score]))
    if wanted.max_score is not None:
        parts.append(("score <= ?", [wanted.max_score]))
    if wanted.engine:
        parts.append(("model LIKE 'symbolic%'" if wanted.engine == "symbolic" else "model NOT LIKE 'symbolic%'", []))
    for word in wanted.words:
        pattern = "%" + "".join("\\" + c if c in "%_\\" else c for c in word.lower()) + "%"
        parts.append(("lower(instructions) LIKE ? ESCAPE '\\'", [pattern]))
    return "".join(f" AND {sql}" for sql, _ in parts), [value for _, values in parts for value in values]


def listed(row: Sequence[Any]) -> Listed:
    """A row of COLUMNS as a line."""
    key = SampleKey(row[1], row[2], row[3])
    return Listed(key, float(row[4]), load_text(row[5]), load_text(row[6]), when_text(row[7]), row[0])


def round_of(cursor: str) -> int | None:
    """The round that an id begins with; a cursor somebody made up is none."""
    number = cursor.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= 9 else None


def when_text(value: Any) -> str:
    """A time as the database gives it, as ISO 8601 in UTC."""
    return value if isinstance(value, str) else utc_text(value.timestamp() if hasattr(value, "timestamp") else value)
