"""What the crash tests share: data of many quick samples, a child that runs them, the invariants of what is left."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
from collections import Counter
from multiprocessing.context import ForkServerContext
from multiprocessing.context import ForkServerProcess as SpawnedChild
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.crash import child

TASKS = 20
SCHEMA = pa.schema(
    [
        ("code", pa.string()),
        ("correct_train_input", pa.list_(pa.bool_())),
        ("predicted_train_output", pa.list_(pa.list_(pa.list_(pa.int64())))),
        ("correct_test_input", pa.list_(pa.bool_())),
        ("predicted_test_output", pa.list_(pa.list_(pa.list_(pa.int64())))),
        ("task_id", pa.string()),
        ("model", pa.string()),
        ("generation", pa.int64()),
    ]
)


def write_arc(path: Path) -> None:
    """Tasks of two training pairs and one test input."""
    path.mkdir(parents=True)
    for n in range(TASKS):
        pairs = [{"input": [[n % 10, k]], "output": [[k, n % 10]]} for k in range(3)]
        (path / f"{n:08x}.json").write_text(json.dumps({"train": pairs[:2], "test": pairs[2:]}))


def write_data(path: Path, n_samples: int) -> None:
    """`n_samples` raw SOAR rows over TASKS tasks; every program is another, every third one is hindsight."""
    rows = [_row(n) for n in range(n_samples)]
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)


def _row(n: int) -> dict[str, object]:
    colour, right = n % TASKS % 10, n % 3 != 0
    outputs = [[[k, colour]] if right else [[9, 9]] for k in range(3)]
    return {
        "code": f"def transform(grid):\n    # {n}\n    return [row[::-1] for row in grid]\n",
        "correct_train_input": [right, right],
        "predicted_train_output": outputs[:2],
        "correct_test_input": [right],
        "predicted_test_output": outputs[2:],
        "task_id": f"{n % TASKS:08x}",
        "model": "crash",
        "generation": 0,
    }


def _server() -> ForkServerContext:
    """Children are forked from a server that has imported everything: a start costs milliseconds, not seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.child"])
    return context


class Job:
    """One run directory that is started again and again."""

    def __init__(self, root: Path, n_samples: int, *, ledger: str | None = None) -> None:
        self.run_dir = root / "run"
        self.data = root / "soar.parquet"
        self.arc = root / "arc"
        self.paid = root / "paid.log"
        self.said = root / "said.log"
        self.n_samples = n_samples
        self.ledger = ledger
        write_arc(self.arc)
        write_data(self.data, n_samples)

    def start(self, fault: str = "", *, concurrency: int = 8) -> SpawnedChild:
        """Starts a child on the directory."""
        arguments = (self.run_dir, self.data, self.arc, self.paid, concurrency, self.ledger)
        process = _server().Process(target=child.main, args=(*arguments, fault, self.said))
        process.start()
        return process

    def run(self, fault: str = "", *, concurrency: int = 8) -> tuple[int, str]:
        """Runs a child to its end; gives its exit code (-9: killed) and what it said."""
        self.said.unlink(missing_ok=True)
        process = self.start(fault, concurrency=concurrency)
        process.join(120)
        assert process.exitcode is not None, "the child did not end"
        return process.exitcode, self.said.read_text()

    @property
    def progress(self) -> Path:
        return self.run_dir / "progress.json"

    def completed(self) -> list[tuple[str, int, str]]:
        """What progress.json says now; the file is valid JSON at every instant, or not there yet."""
        if not self.progress.exists():
            return []
        value = json.loads(self.progress.read_bytes())
        assert value["total_completed"] == len(value["completed"])
        return [(entry["task_id"], entry["round_index"], entry["data_type"]) for entry in value["completed"]]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Reads the SQLite ledger as another process."""
        connection = sqlite3.connect(f"file:{self.run_dir / 'ledger.db'}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def paid_calls(self) -> Counter[str]:
        """How often each call was paid for."""
        return Counter(self.paid.read_text().split()) if self.paid.exists() else Counter()

    def check_whole(self) -> None:
        """Every sample is completed once, nothing is doubled or orphaned, progress.json agrees."""
        keys = "task_id, round_index, data_type"
        assert self.rows("SELECT count(*) FROM completed") == [(self.n_samples,)]
        assert self.rows(f"SELECT {keys} FROM instructions GROUP BY {keys} HAVING count(*) > 1") == []
        assert self.rows("SELECT count(*) FROM instructions") == [(self.n_samples,)]
        assert self.rows("SELECT count(*) FROM guess") == [(2 * self.n_samples,)]
        orphans = "SELECT id FROM guess WHERE instructions_score_id NOT IN (SELECT id FROM instructions)"
        assert self.rows(orphans) == []
        assert self.rows("SELECT count(*) FROM instructions_history") == [(0,)]
        assert len(set(self.completed())) == len(self.completed()) == self.n_samples

    def content(self) -> list[tuple[object, ...]]:
        """Ids and texts, to compare with an undisturbed run."""
        return self.rows(
            "SELECT i.id, i.instructions, i.score, g.id, g.grids FROM instructions i "
            "JOIN guess g ON g.instructions_score_id = i.id ORDER BY i.id, g.guess_number"
        )
