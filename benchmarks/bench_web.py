"""Server time of every page over a ledger of millions.

    python benchmarks/bench_web.py --rows 5000000 --folder /tmp/bench-web

The ledger is made once by plain inserts (synthetic results, `--bytes` of text each) and kept in the folder. Pages are
asked for in turns through the whole application, in this process; the table gives the median and the slowest of the
turns in milliseconds, and how many times the bar of 200 ms fits into the slowest. With `--cold` the kernel is told
before every request to forget what it holds of the file, so that every page has to be read from the disk.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from starlette.testclient import TestClient

from soar2cot.ledger import Ledger, open_ledger
from soar2cot.ledger.browse import Browse
from soar2cot.ledger.readers import open_browse
from soar2cot.ledger.schema import migrations
from soar2cot.soar_loader import load_arc_tasks
from soar2cot.web.app import PageSettings, create_app
from soar2cot.web.tracing import Tracer

BAR_MS = 200
WORDS = [
    "take",
    "grid",
    "mirror",
    "corner",
    "largest",
    "shape",
    "colour",
    "row",
    "column",
    "frame",
    "line",
    "fill",
    "count",
]
PAGES = {
    "overview": "/",
    "list": "/samples",
    "list, deep": "/samples?before=006000-",
    "one task": "/samples?task=007bbfb7",
    "one task, deep": "/samples?task=007bbfb7&before=000400",
    "score 1": "/samples?min=1",
    "score 1, one round": "/samples?rounds=77&min=1",
    "a word of one in 16": "/samples?words=w7",
    "a word nobody used": "/samples?words=zebra",
    "a model nobody used": "/samples?model=nobody",
    "a sample": "/samples/007bbfb7/50/original",
    "failures": "/failures",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--bytes", type=int, default=600)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/bench-web"))
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--cold", action="store_true")
    options = parser.parse_args()
    path = options.folder / f"ledger-{options.rows}-{options.bytes}.db"
    if not path.exists():
        make(path, options.rows, options.bytes)
    print(f"{options.rows:,} results, {path.stat().st_size / 1e9:.2f} GB\n")
    print(f"{'page':24} {'median ms':>10} {'slowest ms':>11} {'median CPU ms':>14} {'bar / slowest':>14}")
    for name, (times, cpu) in measure(path, options.turns, cold=options.cold).items():
        slowest = max(times)
        print(
            f"{name:24} {statistics.median(times):10.1f} {slowest:11.1f} {statistics.median(cpu):14.1f}"
            f" {BAR_MS / slowest:13.1f}x"
        )


def measure(path: Path, turns: int, *, cold: bool) -> dict[str, tuple[list[float], list[float]]]:
    """Wall and CPU milliseconds per page and turn; the first turn counts too."""
    url = f"sqlite:///{path}"

    async def opened() -> tuple[Browse, Ledger]:
        return await open_browse(url), await open_ledger(url, read_only=True)

    app = create_app(opened, load_arc_tasks(), Tracer(None), PageSettings(title="bench"))
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in PAGES}
    with TestClient(app, base_url="http://localhost") as client:
        client.get("/static/style.css")
        for _ in range(turns):
            for name, address in PAGES.items():
                if cold:
                    forget(path)
                start, cpu = time.perf_counter(), time.process_time()
                answer = client.get(address)
                times[name][0].append((time.perf_counter() - start) * 1000)
                times[name][1].append((time.process_time() - cpu) * 1000)
                assert answer.status_code == 200, (address, answer.status_code)
    return times


def forget(path: Path) -> None:
    """Nothing of the file stays in memory."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def make(path: Path, n_rows: int, n_bytes: int) -> None:
    """A ledger with `n_rows` results of 400 tasks, round by round, without the price of durability."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    database = sqlite3.connect(draft, isolation_level=None)
    database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;")
    for version, script in migrations("sqlite").items():
        for statement in script:
            database.execute(statement)
        database.execute("INSERT INTO migrations (version, applied_at) VALUES (?, 'now')", (version,))
    database.execute(
        "INSERT INTO runs (started_at, finished_at, reason, config, fingerprint, engine_version, host, pid)"
        " VALUES ('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', 'done', '{}', 'f', '1', 'h', 1)"
    )
    database.execute("INSERT INTO totals VALUES ('run-1', ?, ?, 0, 0, 0, 0, 0)", (n_rows, n_rows))
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO instructions (round_index, task_id, is_hindsight, id, task_hash, instructions,"
        " input_output_analysis, transformation_method, chain_of_thought, model, example_scores, score, step,"
        " soar_code, soar_source_model, soar_generation, detail, created_s)"
        " VALUES (?, ?, ?, ?, 'h', ?, '', ?, '[]', 'symbolic', '[]', ?, '{}', ?, 'Qwen2.5-Coder-7B', 1, ?, ?)",
        results(n_rows, n_bytes),
    )
    database.execute(
        "INSERT INTO completed (round_index, task_id, is_hindsight, seq, completed_s, run_id, token)"
        " SELECT round_index, task_id, is_hindsight, seq, created_s, 'run-1', seq FROM instructions"
    )
    database.execute("COMMIT")
    database.execute("PRAGMA journal_mode=WAL")
    database.close()
    draft.rename(path)


def results(n_rows: int, n_bytes: int) -> Iterator[tuple[Any, ...]]:
    tasks = sorted(["007bbfb7", *(f"{n * 10_737_418:08x}" for n in range(1, 400))])
    grid = [[0] * 10] * 10
    detail = orjson.dumps({"train_outputs": [grid], "test_outputs": [grid]}).decode()
    for n in range(n_rows):
        round_index, task_id = n // 400, tasks[n % 400]
        words = " ".join(WORDS[(n * 7 + k * k) % len(WORDS)] for k in range(n_bytes // 10)) + f" w{n % 16}"
        kind = "original"
        yield (
            round_index, task_id, 0, f"{round_index:06d}-{task_id}-{kind}", words, words, (n * 37 % 101) / 100,
            f"def transform(grid):\n    return grid  # {n}\n", detail, 1_767_225_600 + n // 2,
        )  # fmt: skip


if __name__ == "__main__":
    main()
