"""What durability costs: the ledger against bare loops that write the same rows, in turns, in one run.

    python benchmarks/bench_ledger.py                         SQLite, and PostgreSQL where its binaries are found
    python benchmarks/bench_ledger.py --completed 5000000     SQLite at so many completed samples against at none

A sample is one `instructions` row with 2 KB of text, two guesses and its completion. Ratios are medians over rounds
in which both sides run one after the other; seconds of wall time, and of CPU for those on a noisy machine.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from soar2cot.ledger import rows
from soar2cot.ledger.crash_job import sample_outcome
from soar2cot.ledger.schema import migrations, statements
from soar2cot.ledger.sqlite import SqliteLedger
from soar2cot.ledger.sqlite_file import PAGE_BYTES
from soar2cot.records import Outcome

IN_FLIGHT = 256
RUN = {"config": {}, "fingerprint": "f", "data_identity": None, "engine_version": "1"}


def outcomes(first: int, n: int) -> list[Outcome]:
    """Samples of the size that the bar names: 2 KB of instructions."""
    made = [sample_outcome(number) for number in range(first, first + n)]
    return [replace(item, record=replace(item.record, instructions=item.record.instructions[:1_700])) for item in made]


class Clock:
    """Wall and CPU seconds of a block."""

    def __enter__(self) -> Clock:
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu


# --- SQLite


def bare_sqlite(path: Path, items: list[Outcome]) -> Clock:
    """The same rows into the same tables, group after group of the same size, with full sync: nothing else."""
    connection = sqlite3.connect(path, isolation_level=None)
    is_new = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    for pragma in (f"page_size={PAGE_BYTES}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    for statement in migrations("sqlite")[1] if is_new else ():
        connection.execute(statement)
    sql = statements("sqlite")
    seq = connection.execute("SELECT coalesce(max(seq), 0) FROM completed").fetchone()[0]
    with Clock() as clock:
        for start in range(0, len(items), IN_FLIGHT):
            connection.execute("BEGIN IMMEDIATE")
            for item in items[start : start + IN_FLIGHT]:
                seq += 1
                connection.execute(sql["put_instructions"], rows.instructions_row(item.record, created_s=1))
                for guess in item.guesses:
                    connection.execute(sql["put_guess"], rows.guess_row(guess, created_s=1))
                connection.execute(sql["put_completed"], (*rows.key_row(item.key), seq, 1, "run-1", seq))
            connection.execute("COMMIT")
    connection.close()
    return clock


async def our_sqlite(path: Path, items: list[Outcome]) -> tuple[Clock, Clock]:
    """(commits alone, claims and commits), `IN_FLIGHT` at once."""
    ledger = await SqliteLedger.open(path)
    run = await ledger.start_run(**RUN)
    with Clock() as whole:
        claims = await ledger.claim([item.key for item in items], run_id=run, lease_s=3_600)
        with Clock() as commits:
            await in_flight(IN_FLIGHT, zip(claims, items, strict=True), lambda c, o: ledger.commit(c, o, run_id=run))
    await ledger.aclose()
    return commits, whole


async def in_flight(n: int, pairs: Iterable[tuple[Any, Any]], act: Callable[[Any, Any], Awaitable[None]]) -> None:
    """Does all, `n` at once."""
    left = iter(pairs)

    async def worker() -> None:
        for first, second in left:
            await act(first, second)

    await asyncio.gather(*(worker() for _ in range(n)))


async def bench_sqlite(folder: Path, n: int, rounds: int) -> None:
    """The bar: at least 0.6 times the bare loop."""
    taken: list[tuple[Clock, Clock, Clock]] = []
    for turn in range(rounds):
        items = outcomes(turn * n, n)
        bare = bare_sqlite(folder / "bare.db", items)
        commits, whole = await our_sqlite(folder / "ours.db", items)
        taken.append((bare, commits, whole))
    report("SQLite, 256 in flight: commits against a bare loop (bar 0.6)", n, [(t[0], t[1]) for t in taken])
    report("   the same with claiming counted in", n, [(t[0], t[2]) for t in taken])


def report(name: str, n: int, pairs: list[tuple[Clock, Clock]]) -> None:
    """One line of the table: samples a second of both, and the ratios."""
    wall = statistics.median(a.wall / b.wall for a, b in pairs)
    cpu = statistics.median(a.cpu / b.cpu for a, b in pairs)
    rates = [n / statistics.median(side.wall for side in sides) for sides in zip(*pairs, strict=True)]
    print(f"{name:70s} {rates[0]:8,.0f}/s {rates[1]:8,.0f}/s   x {wall:5.2f} wall   x {cpu:5.2f} CPU")


# --- at millions


def fill(path: Path, n: int) -> None:
    """So many completed samples with short texts, so that every index has its true size."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-400000")
    connection.execute("BEGIN")
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)"
    key = "i / 400, printf('%08x', i % 400), i % 3 = 0"
    id_ = "printf('%06d-%08x-%s', i / 400, i % 400, CASE WHEN i % 3 = 0 THEN 'h' ELSE 'o' END)"
    connection.execute(
        f"{numbers} INSERT INTO instructions (round_index, task_id, is_hindsight, id, task_hash, instructions,"
        " input_output_analysis, transformation_method, chain_of_thought, model, example_scores, score, step,"
        " soar_code,"
        f" soar_source_model, soar_generation, detail, created_s) SELECT {key}, {id_}, 'h', 't', 'a', 'm', '[]', 'm',"
        " '[]', 0.5, '{}', 'c', 's', 0, '{}', 1 FROM n",
        (n,),
    )
    connection.execute(
        f"{numbers} INSERT INTO guess (instructions_score_id, guess_number, grids, model, avg_score, scores, created_s)"
        f" SELECT {id_}, g.n, '[]', 'm', 0, '[]', 1 FROM n, (SELECT 1 AS n UNION SELECT 2) AS g",
        (n,),
    )
    connection.execute(
        f"{numbers} INSERT INTO completed (round_index, task_id, is_hindsight, seq, completed_s, run_id, token)"
        f" SELECT {key}, i + 1, 1, 'run-1', i + 1 FROM n",
        (n,),
    )
    connection.execute("UPDATE counters SET seq = ?, token = ?", (n, n))
    connection.execute("COMMIT")
    connection.close()


async def bench_at(folder: Path, n_completed: int, n: int, rounds: int) -> None:
    """The bar: at least 0.8 times as fast as at none."""
    for name in ("none.db", "many.db"):
        await (await SqliteLedger.open(folder / name)).aclose()
    fill(folder / "many.db", n_completed)
    print(f"filled {n_completed:,} samples: {(folder / 'many.db').stat().st_size / 1e6:,.0f} MB")
    taken = []
    for turn in range(rounds):
        few = outcomes_after(turn * n, n)
        many = outcomes_after(n_completed + turn * n, n)
        taken.append(((await our_sqlite(folder / "none.db", few))[0], (await our_sqlite(folder / "many.db", many))[0]))
    report(f"SQLite at {n_completed:,} completed against at none (bar 0.8)", n, taken)
    ledger = await SqliteLedger.open(folder / "many.db")
    for question in (ledger.completed_columns, ledger.counts):
        with Clock() as clock:
            found = await question()
        size = len(found) if hasattr(found, "__len__") else found
        print(f"   {question.__name__}: {clock.wall:.2f} s wall, {clock.cpu:.2f} s CPU ({size})")
    await ledger.aclose()


def outcomes_after(first: int, n: int) -> list[Outcome]:
    """Samples of later rounds over 400 tasks, as `fill` numbers them."""
    made = []
    for number, item in enumerate(outcomes(first, n), start=first):
        key = item.key._replace(task_id=f"{number % 400:08x}", round_index=number // 400)
        id_ = f"{key.round_index:06d}-{key.task_id}-{key.data_type[0]}"
        guesses = tuple(replace(g, id=f"{id_}-{g.guess_number}", instructions_score_id=id_) for g in item.guesses)
        made.append(Outcome(key, replace(item.record, key=key, id=id_), guesses))
    return made


# --- size


async def bench_size(folder: Path, n: int) -> None:
    """The bar: at most 300 bytes a sample beyond its own texts and grids, each text counted once."""
    items = outcomes(0, n)
    await our_sqlite(folder / "size.db", items)
    texts = sum(own_bytes(item) for item in items)
    size = (folder / "size.db").stat().st_size
    print(f"{'bytes a sample beyond its own texts (bar 300)':70s} {(size - texts) / n:8.0f}   (texts {texts / n:,.0f})")


def own_bytes(item: Outcome) -> int:
    """Every text that the outcome hands over, counted once."""
    record = [value for value in rows.instructions_row(item.record, created_s=0) if isinstance(value, str)]
    guesses = [(guess.id, *rows.guess_row(guess, created_s=0)[3:]) for guess in item.guesses]
    texts = [*record, *(value for guess in guesses for value in guess if isinstance(value, str))]
    return sum(len(text.encode()) for text in texts)


# --- PostgreSQL


async def bench_postgres(n: int, rounds: int) -> None:
    """The bar: 32 in flight, at least 0.6 times a bare loop with the same driver, pool and statements."""
    from tests.postgres_server import Server, find_binary, fresh_database

    from soar2cot.ledger.postgres import PostgresLedger

    if find_binary("initdb") is None:
        print("no PostgreSQL server here: not measured")
        return
    server = Server(durable=True)
    taken = []
    for turn in range(rounds):
        items = outcomes(turn * n, n)
        async with fresh_database(server) as (bare_url, _), fresh_database(server) as (url, _):
            await (await PostgresLedger.open(bare_url)).aclose()
            bare = await bare_postgres(bare_url, items)
            taken.append((bare, await our_postgres(url, items)))
    report("PostgreSQL, 32 in flight: commits against a bare loop (bar 0.6)", n, taken)
    server.remove()


async def our_postgres(url: str, items: list[Outcome]) -> Clock:
    """Commits alone, 32 at once."""
    from soar2cot.ledger.postgres import PostgresLedger

    ledger = await PostgresLedger.open(url)
    run = await ledger.start_run(**RUN)
    claims = await ledger.claim([item.key for item in items], run_id=run, lease_s=3_600)
    with Clock() as clock:
        await in_flight(32, zip(claims, items, strict=True), lambda c, o: ledger.commit(c, o, run_id=run))
    await ledger.aclose()
    return clock


async def bare_postgres(url: str, items: list[Outcome]) -> Clock:
    """The same statements, a pool of 32 connections, a transaction a sample."""
    import asyncpg

    sql = statements("postgres")
    pool = await asyncpg.create_pool(url, min_size=32, max_size=32)

    async def write(_: None, item: Outcome) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(sql["put_instructions"], *rows.instructions_row(item.record, created_s=1))
            await connection.executemany(sql["put_guess"], [rows.guess_row(g, created_s=1) for g in item.guesses])
            key = [[value] for value in rows.key_row(item.key)]
            await connection.execute(sql["put_completed"], *key, "run-1", [1])

    with Clock() as clock:
        await in_flight(32, ((None, item) for item in items), write)
    await pool.close()
    return clock


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=5_120, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--completed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=None, help="on the disk to be measured")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-ledger-", dir=options.folder))
    try:
        if options.completed:
            await bench_at(folder, options.completed, options.samples, options.rounds)
            return
        print(f"{'':70s} {'bare':>10s} {'ours':>10s}")
        await bench_sqlite(folder, options.samples, options.rounds)
        await bench_size(folder, 8 * options.samples)  # the pages of empty tables weigh less with more
        await bench_postgres(options.samples // 2, options.rounds)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    asyncio.run(main())
