"""SOAR files for the loader's tests, made of real tasks and tiny programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from soar2cot.soar_loader import ArcTask, load_arc_tasks

BOOLS = pa.list_(pa.bool_())
GRIDS = pa.list_(pa.list_(pa.list_(pa.int64())))
SCHEMA = pa.schema(
    [
        ("code", pa.string()),
        ("correct_train_input", BOOLS),
        ("predicted_train_output", GRIDS),
        ("correct_test_input", BOOLS),
        ("predicted_test_output", GRIDS),
        ("task_id", pa.string()),
        ("model", pa.string()),
        ("generation", pa.int64()),
    ]
)
TASKS = ("007bbfb7", "00d62c1b", "05269061", "25ff71a9")
ARC: Mapping[str, ArcTask] = load_arc_tasks()


def right(task_id: str, number: int = 0) -> dict[str, Any]:
    """A row whose program is right."""
    task = ARC[task_id]
    return {
        "code": f"def transform(grid):\n    return grid  # {number}",
        "correct_train_input": [True] * len(task.train),
        "predicted_train_output": [pair.output for pair in task.train],
        "correct_test_input": [True] * len(task.test),
        "predicted_test_output": [pair.output for pair in task.test],
        "task_id": task_id,
        "model": "model-a",
        "generation": number,
    }


def wrong(task_id: str, number: int = 0) -> dict[str, Any]:
    """A row whose program gives a 1 x 2 grid for everything."""
    row = right(task_id, number)
    for part in ("train", "test"):
        n = len(row[f"correct_{part}_input"])
        row[f"correct_{part}_input"] = [False] * n
        row[f"predicted_{part}_output"] = [[[number % 10, index]] for index in range(n)]
    return row | {"model": "model-b"}


def rows(n_rounds: int = 3, tasks: Iterable[str] = TASKS) -> list[dict[str, Any]]:
    """Sorted by task, as published: `n_rounds` rows a task, right and wrong ones in turn."""
    return [(wrong if i % 2 else right)(task_id, i) for task_id in tasks for i in range(n_rounds)]


def write(path: Path, values: list[dict[str, Any]], *, group_rows: int = 4, schema: Any = SCHEMA) -> Path:
    """A raw file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(values, schema=schema), path, row_group_size=group_rows)
    return path


def retyped(path: Path, name: str, values: list[Any], kind: Any) -> Path:
    """The file with one column replaced by values of another type."""
    table = pq.read_table(path)
    place = table.column_names.index(name)
    pq.write_table(table.set_column(place, name, pa.array(values, kind)), path, row_group_size=4)
    return path
