"""Reading for people: pages of a ledger of millions, none of which may take longer than a blink.

Nothing here counts or scans without bound. A list is read by keyset from a cursor; a condition without an index is
searched window by window until the page is full or `patience_s` is over, and the page says how far it came.
Curves are drawn from rows at evenly spaced places, not from all. Ids of results rise in the order of work
(`000012-007bbfb7-original`), which is the order of lists, backwards.

The SQL is the same for SQLite and PostgreSQL but for what `Dialect` holds; `?` stands for a parameter.
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
_COLUMNS = "id, task_id, round_index, data_type, score, model, soar_source_model, created_at"
_ALL_UP_TO = 400
_RECENT = 5_000
_LAST_ROUND = 999_998  # an id has six digits for it
_PATIENCE_S = 0.1


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the databases.

    `completed_s` is when a sample was completed, in seconds since 1970; `place` is a column of `completed` that rises
    with time and has an index, `order` the columns of that index.
    """

    completed_s: str
    place: str
    order: tuple[str, ...]


SQLITE = Dialect("completed_s", "seq", ("seq",))
POSTGRES = Dialect("extract(epoch FROM completed_at)::bigint", "tx", ("tx", "seq"))


class Reader(Protocol):
    """A connection that can only read."""

    @property
    def dialect(self) -> Dialect:
        """Which database it is."""
        ...

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


_Window: TypeAlias = tuple[list[Listed], str | None, int]


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
        return [(SampleKey(*row[:3]), row[3], load_text(row[4]), load_text(row[5]), _when(row[6])) for row in rows]

    async def history(self, *, points: int = 120) -> list[tuple[int, int]]:
        """(seconds since 1970, samples completed by then), from the first completion to the last.

        Read at `points` places, whatever the number of samples; where samples were taken back the middle of the
        curve counts them.
        """
        dialect = self._reader.dialect
        rows = await self._reader.fetch(  # asked for together, both would be looked for in all rows
            f"SELECT (SELECT min({dialect.place}) FROM completed), (SELECT max({dialect.place}) FROM completed)"
        )
        first, last = rows[0]
        if last is None:
            return []
        there = f"FROM completed WHERE {dialect.place} >= p.x ORDER BY {', '.join(dialect.order)} LIMIT 1"
        found = await self._reader.fetch(
            f"WITH p(x) AS (VALUES {', '.join(f'({place})' for place in _spread(int(first), int(last), points))})"
            f" SELECT (SELECT {dialect.completed_s} {there}), (SELECT seq {there}) FROM p"
        )
        lowest = min(row[1] for row in found)
        return sorted({(int(row[0]), int(row[1]) - lowest + 1) for row in found})

    async def completed_since(self, second: int) -> tuple[int, int | None]:
        """How many were completed at or after a time, and when the first of them; of the last 5,000 at most."""
        dialect = self._reader.dialect
        order = ", ".join(f"{column} DESC" for column in dialect.order)
        rows = await self._reader.fetch(
            f"SELECT count(*), min(s) FROM (SELECT {dialect.completed_s} AS s FROM completed ORDER BY {order}"
            f" LIMIT {_RECENT}) AS c WHERE s >= ?",
            second,
        )
        return int(rows[0][0]), rows[0][1]

    async def score_sample(self, *, at_most: int = _ALL_UP_TO) -> list[float]:
        """Scores at evenly spaced places of the table: all of a small ledger, a fair sample of a large one."""
        rows = await self._reader.fetch("SELECT score FROM instructions LIMIT ?", at_most + 1)
        if len(rows) <= at_most:
            return [float(row[0]) for row in rows]
        last = (await self._last_round()) or 0
        rounds = _repeat(_spread(0, last, at_most), at_most)
        ids = ", ".join(f"('{_somewhere_in_round(round_index, i)}')" for i, round_index in enumerate(rounds))
        found = await self._reader.fetch(
            f"WITH p(x) AS (VALUES {ids})"
            " SELECT (SELECT score FROM instructions WHERE id >= p.x ORDER BY id LIMIT 1) FROM p"
        )
        return [float(row[0]) for row in found if row[0] is not None]

    async def meta(self, name: str) -> str | None:
        """A small named value, None where it was never set."""
        rows = await self._reader.fetch("SELECT value FROM meta WHERE name = ?", name)
        return load_text(rows[0][0]) if rows else None

    async def last_run_place(self) -> tuple[str, int] | None:
        """(host, process id) of the latest run; None before the first."""
        rows = await self._reader.fetch("SELECT host, pid FROM runs ORDER BY started_at DESC, run_id DESC LIMIT 1")
        return (str(rows[0][0]), int(rows[0][1])) if rows else None

    async def models(self) -> list[str]:
        """The names in `model` of the last 200 results, for a list to choose from."""
        rows = await self._reader.fetch(
            "SELECT DISTINCT model FROM (SELECT model FROM instructions ORDER BY id DESC LIMIT 200) AS m ORDER BY model"
        )
        return [load_text(row[0]) for row in rows]

    async def page(
        self, wanted: Filter, *, before: str | None = None, limit: int = 50, patience_s: float = _PATIENCE_S
    ) -> Page:
        """The last results that fit, from the cursor `before` on.

        Stops after `patience_s` seconds even if the page is not full: go on with `next_cursor`.
        """
        window = self._rounds_window if wanted.task_id else self._window
        deadline = self._clock() + patience_s
        rows: list[Listed] = []
        cursor = before
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
        return [Version(int(r[0]), load_text(r[1]), _when(r[2]), float(r[3]), load_text(r[4])) for r in rows]

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

    async def _window(self, wanted: Filter, before: str | None, limit: int) -> _Window:
        """The next _WINDOW results, looked through."""
        first, last = wanted.rounds or (0, _LAST_ROUND)
        end = f"{min(last, _LAST_ROUND) + 1:06d}"
        values = [f"{first:06d}", end if before is None else min(before, end)]
        window = f"SELECT {{}} FROM instructions WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT {_WINDOW}"
        (bounds,) = await self._reader.fetch(f"SELECT count(*), min(id) FROM ({window.format('id')}) AS w", *values)
        n, lowest = int(bounds[0]), bounds[1]
        if not n:
            return [], None, 0
        conditions, wanted_values = _conditions(wanted)
        rows = await self._reader.fetch(
            f"SELECT {_COLUMNS} FROM instructions WHERE id >= ? AND id < ?{conditions} ORDER BY id DESC LIMIT ?",
            *(lowest, values[1], *wanted_values, limit),
        )
        listed = [_listed(row) for row in rows]
        if len(listed) == limit:
            return listed, listed[-1].cursor, n
        return listed, (lowest if n == _WINDOW else None), n

    async def _rounds_window(self, wanted: Filter, before: str | None, limit: int) -> _Window:
        """The results of one task in the next _ROUNDS rounds, by the index."""
        last = _round_of(before) if before is not None else await self._last_round()
        if last is None:
            return [], None, 0
        floor = max(0, last - _ROUNDS)
        conditions, values = _conditions(wanted)
        earlier = "" if before is None else " AND id < ?"
        rows = await self._reader.fetch(
            f"SELECT {_COLUMNS} FROM instructions WHERE round_index BETWEEN ? AND ?{earlier}{conditions}"
            " ORDER BY id DESC LIMIT ?",
            *(floor, last, *([] if before is None else [before]), *values, limit),
        )
        listed = [_listed(row) for row in rows]
        if len(listed) == limit:
            return listed, listed[-1].cursor, limit
        return listed, (f"{floor:06d}" if floor > 0 else None), len(listed)

    async def _last_round(self) -> int | None:
        return (await self._reader.fetch("SELECT max(round_index) FROM instructions"))[0][0]


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


def _listed(row: Row) -> Listed:
    key = SampleKey(row[1], row[2], row[3])
    return Listed(key, float(row[4]), load_text(row[5]), load_text(row[6]), _when(row[7]), row[0])


def _round_of(cursor: str) -> int | None:
    """The round that an id begins with; a cursor somebody made up is none."""
    number = cursor.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= 9 else None


def _somewhere_in_round(round_index: int, n: int) -> str:
    """An id in the round, each `n` at another place of it: by the golden ratio, so that they lie far apart."""
    return f"{round_index:06d}-{n * 2_654_435_769 % 2**32:08x}"


def _repeat(places: list[int], n: int) -> list[int]:
    return [places[i * len(places) // n] for i in range(n)]


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
