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
from typing import Any, Protocol, TypeAlias, TypeVar

from soar2cot.ledger.listing import COLUMNS, Filter, Listed, Page, conditions, listed, round_of, when_text
from soar2cot.ledger.rows import load_text
from soar2cot.records import SampleKey

Row: TypeAlias = Sequence[Any]
# results looked through in one statement; more than the most would take too long where none is in memory
_FIRST_WINDOW, _LEAST_WINDOW, _MOST_WINDOW = 100, 25, 250
_RESULTS_A_ROUND = 4
_ALL_UP_TO = 400
_RECENT = 5_000
_LAST_ROUND = 999_998  # an id has six digits for it
_PATIENCE_S = 0.06
_CURVE_S = 0.03  # a page has two curves, and 0.2 s in all, also when the disk has to be asked for every place
_PLACES_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the databases.

    `completed_s` is when a sample was completed, in seconds since 1970; `place` is a column of `completed` that rises
    with time and has an index, `order` the columns of that index, `run_of_sums` the run that a row of `totals` is of.
    """

    completed_s: str
    place: str
    order: tuple[str, ...]
    run_of_sums: str


SQLITE = Dialect("completed_s", "seq", ("seq",), "run_id")
POSTGRES = Dialect("extract(epoch FROM completed_at)::bigint", "tx", ("tx", "seq"), "split_part(run_id, ' ', 1)")


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
class RunTotals:
    """The sums of one run.

    `scored` of the `completed` have a result: what progress.json alone named as done has none. `calls`, `tokens`,
    `cost_usd` are what it asked and paid for, also for results that are superseded by now; what an
    earlier run had paid for a sample counts there.
    """

    run_id: str
    started_at: str
    finished_at: str | None
    reason: str | None
    completed: int
    scored: int
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


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls on record, their tokens and US dollars; `cached_share`: of the prompts' tokens of 1,000 calls of the last
    rounds, those that the servers had in a prefix cache, 0..1, None before the first answer."""

    calls: int
    tokens: int
    cost_usd: float
    cached_share: float | None


_Item = TypeVar("_Item")
_Window: TypeAlias = tuple[list[Listed], str | None, int]


class Browse:
    """The questions of `view`, `status` and `report`."""

    def __init__(self, reader: Reader, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock

    async def runs(self) -> list[RunTotals]:
        """All runs with their sums, the oldest first: a handful of rows, however many samples there are."""
        rows = await self._reader.fetch(
            "SELECT r.run_id, r.started_at, r.finished_at, r.reason, t.completed, t.scored, t.perfect, t.score_nano,"
            " t.calls, t.tokens, t.nano_usd FROM runs AS r LEFT JOIN"
            f" (SELECT {self._reader.dialect.run_of_sums} AS run_id, sum(completed) AS completed,"
            " sum(scored) AS scored, sum(perfect) AS perfect, sum(score_nano) AS score_nano, sum(calls) AS calls,"
            " sum(spent_tokens) AS tokens, sum(spent_nano_usd) AS nano_usd"
            " FROM totals GROUP BY 1) AS t ON t.run_id = r.run_id ORDER BY r.started_at, r.n"
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
        return [(SampleKey(*row[:3]), row[3], load_text(row[4]), load_text(row[5]), when_text(row[6])) for row in rows]

    async def history(self, *, points: int = 120, patience_s: float = _CURVE_S) -> list[tuple[int, int]]:
        """(seconds since 1970, samples completed by then), from the first completion to the last.

        Read at `points` places, whatever the number of samples, and at fewer where the disk takes longer than
        `patience_s`; where samples were taken back the middle of the curve counts them.
        """
        dialect = self._reader.dialect
        rows = await self._reader.fetch(  # asked for together, both would be looked for in all rows
            f"SELECT (SELECT min({dialect.place}) FROM completed), (SELECT max({dialect.place}) FROM completed)"
        )
        first, last = rows[0]
        if last is None:
            return []
        there = f"FROM completed WHERE {dialect.place} >= p.x ORDER BY {', '.join(dialect.order)} LIMIT 1"
        places = _spread(int(first), int(last), points)
        found = await self._at_places(
            f"SELECT (SELECT {dialect.completed_s} {there}), (SELECT seq {there}) FROM p", places, patience_s
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

    async def score_sample(self, *, at_most: int = _ALL_UP_TO, patience_s: float = _CURVE_S) -> list[float]:
        """Scores at evenly spaced places of the table: all of a small ledger, a fair sample of a large one.

        The sample is smaller where the disk takes longer than `patience_s`.
        """
        few = f"SELECT count(*) FROM (SELECT id FROM instructions LIMIT {int(at_most) + 1}) AS f"  # by the index alone
        if (await self._reader.fetch(few))[0][0] <= at_most:
            return [float(row[0]) for row in await self._reader.fetch("SELECT score FROM instructions")]
        rounds = _repeat(_spread(0, (await self._last_round()) or 0, at_most), at_most)
        places = [f"'{_somewhere_in_round(round_index, i)}'" for i, round_index in enumerate(rounds)]
        found = await self._at_places(
            "SELECT (SELECT score FROM instructions WHERE id >= p.x ORDER BY id LIMIT 1) FROM p", places, patience_s
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

    async def spent(self) -> Spent:
        """What models cost, over all runs; calls belong to a sample, not to a run."""
        [sums] = await self._reader.fetch(
            "SELECT coalesce(sum(calls), 0), coalesce(sum(spent_tokens), 0), coalesce(sum(spent_nano_usd), 0)"
            " FROM totals"
        )
        [latest] = await self._reader.fetch(
            "SELECT coalesce(sum(prompt_tokens), 0), coalesce(sum(cached_tokens), 0)"
            " FROM (SELECT prompt_tokens, cached_tokens FROM calls"
            " ORDER BY round_index DESC, task_id DESC, is_hindsight DESC, id DESC LIMIT 1000) AS c"
        )
        prompt, cached = int(latest[0]), int(latest[1])
        return Spent(int(sums[0]), int(sums[1]), int(sums[2]) / 1e9, cached / prompt if prompt else None)

    async def models(self) -> list[str]:
        """The names in `model` of the last 100 results, for a list to choose from."""
        rows = await self._reader.fetch(
            "SELECT DISTINCT model FROM (SELECT model FROM instructions ORDER BY id DESC LIMIT 100) AS m ORDER BY model"
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
        cursor, size, n_searched = before, _FIRST_WINDOW, 0
        while len(rows) < limit:
            started = self._clock()
            found, cursor, n = await window(wanted, cursor, limit - len(rows), size)
            rows += found
            n_searched += n
            if cursor is None or self._clock() >= deadline:
                break
            size = _next_size(size, (self._clock() - started) / patience_s)
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
        return [Version(int(r[0]), load_text(r[1]), when_text(r[2]), float(r[3]), load_text(r[4])) for r in rows]

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

    async def _at_places(self, sql: str, places: Sequence[object], patience_s: float) -> list[Row]:
        """The rows of `sql` for the places `p(x)`: both ends first, then ever finer in between, until time is up."""
        deadline = self._clock() + patience_s
        found: list[Row] = []
        waiting = _coarse_to_fine(places)
        while waiting and (not found or self._clock() < deadline):
            now, waiting = waiting[:_PLACES_AT_ONCE], waiting[_PLACES_AT_ONCE:]
            values = ", ".join(f"({place})" for place in now)
            found += await self._reader.fetch(f"WITH p(x) AS (VALUES {values}) {sql}")
        return found

    async def _window(self, wanted: Filter, before: str | None, limit: int, size: int) -> _Window:
        """The next `size` results, looked through."""
        first, last = wanted.rounds or (0, _LAST_ROUND)
        end = f"{min(last, _LAST_ROUND) + 1:06d}"
        values = [f"{first:06d}", end if before is None else min(before, end)]
        window = f"SELECT {{}} FROM instructions WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT {size}"
        (bounds,) = await self._reader.fetch(f"SELECT count(*), min(id) FROM ({window.format('id')}) AS w", *values)
        n, lowest = int(bounds[0]), bounds[1]
        if not n:
            return [], None, 0
        fits, wanted_values = conditions(wanted)
        rows = await self._reader.fetch(
            f"SELECT {COLUMNS} FROM instructions WHERE id >= ? AND id < ?{fits} ORDER BY id DESC LIMIT ?",
            *(lowest, values[1], *wanted_values, limit),
        )
        lines = [listed(row) for row in rows]
        if len(lines) == limit:
            return lines, lines[-1].cursor, n
        return lines, (lowest if n == size else None), n

    async def _rounds_window(self, wanted: Filter, before: str | None, limit: int, size: int) -> _Window:
        """The results of one task in the next rounds, by the index: a round costs as much as a few results."""
        last = round_of(before) if before is not None else await self._last_round()
        if last is None:
            return [], None, 0
        floor = max(0, last - size // _RESULTS_A_ROUND)
        fits, values = conditions(wanted)
        earlier = "" if before is None else " AND id < ?"
        rows = await self._reader.fetch(
            f"SELECT {COLUMNS} FROM instructions WHERE round_index BETWEEN ? AND ?{earlier}{fits}"
            " ORDER BY id DESC LIMIT ?",
            *(floor, last, *([] if before is None else [before]), *values, limit),
        )
        lines = [listed(row) for row in rows]
        if len(lines) == limit:
            return lines, lines[-1].cursor, limit
        return lines, (f"{floor:06d}" if floor > 0 else None), len(lines)

    async def _last_round(self) -> int | None:
        return (await self._reader.fetch("SELECT max(round_index) FROM instructions"))[0][0]


def _somewhere_in_round(round_index: int, n: int) -> str:
    """An id in the round, each `n` at another place of it: by the golden ratio, so that they lie far apart."""
    return f"{round_index:06d}-{n * 2_654_435_769 % 2**32:08x}"


def _repeat(places: list[int], n: int) -> list[int]:
    return [places[i * len(places) // n] for i in range(n)]


def _run_totals(row: Row) -> RunTotals:
    run_id, started_at, finished_at, reason, *sums = row
    completed, scored, perfect, score_nano, calls, tokens, nano_usd = (int(value or 0) for value in sums)
    started, ended = when_text(started_at), None if finished_at is None else when_text(finished_at)
    return RunTotals(
        run_id, started, ended, reason, completed, scored, perfect, score_nano / 1e9, calls, tokens, nano_usd / 1e9
    )


def _spread(first: int, last: int, points: int) -> list[int]:
    """At most `points` whole numbers from first to last, evenly apart, both ends among them."""
    n = min(points, last - first + 1)
    return [first + (last - first) * i // max(1, n - 1) for i in range(n)]


def _coarse_to_fine(items: Sequence[_Item]) -> list[_Item]:
    """All items, so that any first part of them is spread over the whole: the ends, the middle, the quarters …"""
    last = len(items) - 1
    order: dict[int, None] = dict.fromkeys((0, last))
    step = last
    while len(order) < len(items):
        step = max(1, step // 2)
        order |= dict.fromkeys(range(0, last + 1, step))
    return [items[index] for index in order]


def _next_size(size: int, share: float) -> int:
    """How much to look through next, after a window that took that share of the time there is."""
    wanted = size * 2 if share < 0.2 else size // 2 if share > 0.4 else size
    return max(_LEAST_WINDOW, min(_MOST_WINDOW, wanted))
