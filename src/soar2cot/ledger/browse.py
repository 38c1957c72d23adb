"""Reading for people: pages of a ledger of millions, none of which may take longer than a blink.

Nothing here counts or scans without bound. A list is read by keyset from a cursor; a condition without an index is
searched window by window until the page is full or `patience_s` is over, and the page says how far it came.
Curves are drawn from rows at evenly spaced places, not from all.

The SQL is the same for SQLite and PostgreSQL; `?` stands for a parameter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from soar2cot.ledger.rows import load_text, utc_text
from soar2cot.records import SampleKey

Row: TypeAlias = Sequence[Any]
_WINDOW = 500
_ROUNDS = 100
_COLUMNS = "seq, task_id, round_index, data_type, score, model, soar_source_model, created_at"
_PATIENCE_S = 0.12


class Reader(Protocol):
    """A connection that can only read."""

    async def fetch(self, sql: str, *values: Any) -> Sequence[Row]:
        """All rows of one statement.

        Raises: LedgerError: the ledger is away, missing, or of another schema.
        """
        ...

    async def aclose(self) -> None:
        """Closes it. Idempotent."""
        ...


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
    """A line of a list. `cursor` continues after it."""

    key: SampleKey
    score: float
    model: str
    source_model: str
    created_at: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, the newest first.

    `next_cursor` is None at the end; where `searched` is less than asked for, time was up and it goes on from there.
    """

    rows: tuple[Listed, ...]
    next_cursor: int | None
    n_searched: int


@dataclass(frozen=True, slots=True)
class RunTotals:
    """The sums of one run."""

    run_id: str
    started_at: str
    finished_at: str | None
    reason: str | None
    completed: int
    perfect: int
    score_sum: float
    calls: int
    tokens: int
    cost_usd: float


@dataclass(frozen=True, slots=True)
class Version:
    """A superseded result of a sample."""

    batch: int
    reason: str
    superseded_at: str
    score: float
    method: str


_Window: TypeAlias = tuple[list[Listed], int | None, int]


class Browse:
    """The questions of `view`, `status` and `report`."""

    def __init__(self, reader: Reader, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock

    async def runs(self) -> list[RunTotals]:
        """All runs with their sums, the oldest first: a handful of rows, however many samples there are."""
        rows = await self._reader.fetch(
            "SELECT r.run_id, r.started_at, r.finished_at, r.reason, coalesce(t.completed, 0), coalesce(t.perfect, 0),"
            " coalesce(t.score_nano, 0), coalesce(t.calls, 0), coalesce(t.spent_tokens, 0),"
            " coalesce(t.spent_nano_usd, 0) FROM runs AS r LEFT JOIN totals AS t ON t.run_id = r.run_id"
            " ORDER BY r.started_at, r.run_id"
        )
        return [_run_totals(row) for row in rows]

    async def failures_by_reason(self, *, at_most: int = 20_000) -> dict[str, int]:
        """How many of the first `at_most` parked samples there are per error type, the most frequent first."""
        rows = await self._reader.fetch(
            f"SELECT error_type, count(*) FROM (SELECT error_type FROM failures LIMIT {int(at_most)}) AS f"
            " GROUP BY error_type ORDER BY 2 DESC, 1"
        )
        return {load_text(row[0]): row[1] for row in rows}

    async def failures(
        self, after: SampleKey | None = None, *, limit: int = 50
    ) -> list[tuple[SampleKey, int, str, str, str]]:
        """Parked samples by round and task: key, attempts, error type, message, when."""
        start = after or SampleKey("", -1, "original")
        rows = await self._reader.fetch(
            "SELECT task_id, round_index, data_type, attempts, error_type, message, failed_at FROM failures"
            " WHERE (round_index, task_id, data_type) > (?, ?, ?) ORDER BY round_index, task_id, data_type LIMIT ?",
            start.round_index,
            start.task_id,
            start.data_type,
            limit,
        )
        return [(SampleKey(*row[:3]), row[3], load_text(row[4]), load_text(row[5]), str(row[6])) for row in rows]

    async def history(self, *, points: int = 120) -> list[tuple[int, int]]:
        """(seconds since 1970, samples completed by then), from the first completion to the last.

        Read at `points` places, whatever the number of samples.
        """
        first, last = await self._ends("completed")
        if last is None:
            return []
        found: list[tuple[int, int]] = []
        for place in _spread(first, last, points):
            rows = await self._reader.fetch(
                "SELECT completed_s, seq FROM completed WHERE seq >= ? ORDER BY seq LIMIT 1", place
            )
            found += [(int(row[0]), int(row[1]) - first + 1) for row in rows]
        return sorted(set(found))

    async def completed_since(self, second: int) -> tuple[int, int | None]:
        """How many were completed at or after a time, and when the first of them; of the last 5,000 at most."""
        rows = await self._reader.fetch(
            "SELECT count(*), min(completed_s) FROM"
            " (SELECT completed_s FROM completed ORDER BY seq DESC LIMIT 5000) AS c"
            " WHERE completed_s >= ?",
            second,
        )
        return int(rows[0][0]), rows[0][1]

    async def score_sample(self, *, at_most: int = 400) -> list[float]:
        """Scores at evenly spaced places of the table: all of a small ledger, a fair sample of a large one."""
        first, last = await self._ends("instructions")
        if last is None:
            return []
        if last - first < at_most:
            return [float(row[0]) for row in await self._reader.fetch("SELECT score FROM instructions ORDER BY seq")]
        scores: list[float] = []
        for place in _spread(first, last, at_most):
            rows = await self._reader.fetch("SELECT score FROM instructions WHERE seq >= ? ORDER BY seq LIMIT 1", place)
            scores += [float(row[0]) for row in rows]
        return scores

    async def meta(self, name: str) -> str | None:
        """A small named value, None where it was never set."""
        rows = await self._reader.fetch("SELECT value FROM meta WHERE name = ?", name)
        return load_text(rows[0][0]) if rows else None

    async def last_run_place(self) -> tuple[str, int] | None:
        """(host, process id) of the latest run; None before the first."""
        rows = await self._reader.fetch("SELECT host, pid FROM runs ORDER BY started_at DESC, run_id DESC LIMIT 1")
        return (str(rows[0][0]), int(rows[0][1])) if rows else None

    async def models(self) -> list[str]:
        """The names in `model` of the newest 200 results, for a list to choose from."""
        rows = await self._reader.fetch(
            "SELECT DISTINCT model FROM (SELECT model FROM instructions ORDER BY seq DESC LIMIT 200) AS m"
            " ORDER BY model"
        )
        return [load_text(row[0]) for row in rows]

    async def page(
        self, wanted: Filter, *, before: int | None = None, limit: int = 50, patience_s: float = _PATIENCE_S
    ) -> Page:
        """The newest results that fit, from the cursor `before` on.

        Stops after `patience_s` seconds even if the page is not full: go on with `next_cursor`.
        """
        window = self._rounds_window if wanted.task_id else self._window
        deadline = self._clock() + patience_s
        rows: list[Listed] = []
        cursor: int | None = before
        n_searched = 0
        while len(rows) < limit:
            found, cursor, n = await window(wanted, cursor, limit - len(rows))
            rows += found
            n_searched += n
            if cursor is None or self._clock() >= deadline:
                break
        return Page(tuple(rows), cursor, n_searched)

    async def versions(self, key: SampleKey) -> list[Version]:
        """What was superseded of a sample, the latest first."""
        rows = await self._reader.fetch(
            "SELECT s.batch, s.reason, s.superseded_at, h.score, h.transformation_method FROM superseded AS s"
            " JOIN instructions_history AS h ON h.batch = s.batch AND h.round_index = ? AND h.task_id = ?"
            " AND h.data_type = ? ORDER BY s.batch DESC",
            key.round_index,
            key.task_id,
            key.data_type,
        )
        return [Version(int(r[0]), load_text(r[1]), str(r[2]), float(r[3]), load_text(r[4])) for r in rows]

    async def neighbours(self, key: SampleKey) -> tuple[SampleKey | None, SampleKey | None]:
        """The results before and after one in the order of work (round, task)."""
        place = (key.round_index, key.task_id)
        before, after = [
            await self._reader.fetch(
                f"SELECT task_id, round_index, data_type FROM instructions WHERE (round_index, task_id) {sign} (?, ?)"
                f" ORDER BY round_index {order}, task_id {order} LIMIT 1",
                *place,
            )
            for sign, order in (("<", "DESC"), (">", "ASC"))
        ]
        return (SampleKey(*before[0]) if before else None), (SampleKey(*after[0]) if after else None)

    async def aclose(self) -> None:
        """Closes the connection."""
        await self._reader.aclose()

    async def _window(self, wanted: Filter, before: int | None, limit: int) -> _Window:
        """The next _WINDOW rows by age."""
        first, last = await self._ends("instructions") if before is None else (0, before - 1)
        if last is None or last < first:
            return [], None, 0
        floor = last - _WINDOW
        conditions, values = _conditions(wanted)
        rows = await self._reader.fetch(
            f"SELECT {_COLUMNS} FROM instructions WHERE seq <= ? AND seq > ?{conditions} ORDER BY seq DESC LIMIT ?",
            *(last, floor, *values, limit),
        )
        listed = [_listed(row, cursor=row[0]) for row in rows]
        if len(listed) == limit:
            return listed, listed[-1].cursor, last - listed[-1].cursor + 1
        return listed, (floor + 1 if floor > 0 else None), min(last, _WINDOW)

    async def _rounds_window(self, wanted: Filter, before: int | None, limit: int) -> _Window:
        """The next _ROUNDS rounds of one task, by the index; a cursor here is twice the round, plus the data type."""
        last = before - 1 if before is not None else await self._last_place()
        if last < 0:
            return [], None, 0
        floor = max(0, last // 2 - _ROUNDS)
        conditions, values = _conditions(wanted)
        rows = await self._reader.fetch(
            f"SELECT {_COLUMNS} FROM instructions WHERE round_index BETWEEN ? AND ?{conditions}"
            " ORDER BY round_index DESC, data_type",
            *(floor, last // 2, *values),
        )
        listed = [_listed(row, cursor=2 * row[2] + (row[3] == "original")) for row in rows]
        listed = sorted((item for item in listed if item.cursor <= last), key=lambda item: -item.cursor)
        if len(listed) >= limit:
            return listed[:limit], listed[limit - 1].cursor, limit
        return listed, (2 * floor if floor > 0 else None), len(listed)

    async def _last_place(self) -> int:
        rows = await self._reader.fetch("SELECT max(round_index) FROM instructions")
        return -1 if rows[0][0] is None else 2 * int(rows[0][0]) + 1

    async def _ends(self, table: Literal["completed", "instructions"]) -> tuple[int, int | None]:
        rows = await self._reader.fetch(f"SELECT min(seq) FROM {table}")
        ends = await self._reader.fetch(f"SELECT max(seq) FROM {table}")
        return (rows[0][0] or 0), ends[0][0]


def _conditions(wanted: Filter) -> tuple[str, list[Any]]:
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


def _listed(row: Row, *, cursor: int) -> Listed:
    key = SampleKey(row[1], row[2], row[3])
    return Listed(key, float(row[4]), load_text(row[5]), load_text(row[6]), _when(row[7]), int(cursor))


def _run_totals(row: Row) -> RunTotals:
    run_id, started_at, finished_at, reason, completed, perfect, score_nano, calls, tokens, nano_usd = row
    ended = None if finished_at is None else _when(finished_at)
    scores, cost = int(score_nano) / 1e9, int(nano_usd) / 1e9
    return RunTotals(
        run_id, _when(started_at), ended, reason, int(completed), int(perfect), scores, int(calls), int(tokens), cost
    )


def _when(value: Any) -> str:
    return value if isinstance(value, str) else utc_text(value.timestamp() if hasattr(value, "timestamp") else value)


def _spread(first: int, last: int, points: int) -> list[int]:
    """At most `points` whole numbers from first to last, evenly apart, both ends among them."""
    n = min(points, last - first + 1)
    return [first + (last - first) * i // max(1, n - 1) for i in range(n)]
