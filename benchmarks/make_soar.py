"""Writes SOAR files of any size, in the published layout: for measuring, not for training.

    python benchmarks/make_soar.py --rows 5000000 --out /tmp/soar_5m.parquet
    python benchmarks/make_soar.py --rows 100000 --shards 4 --out /tmp/shards

Raw schema, rows sorted by task, as many rows for each of the 400 ARC-AGI-1 training tasks, cells as int64, snappy.
The programs run, and really give the predicted grids: each is one of some transformations with its parameters, in
one of several spellings, among lines that do nothing, so that no two texts are equal and none compresses to
nothing (1 KB a program, 6.5 KB a row in memory, 0.4 KB on disk). Flags are computed. The same seed gives the same rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from soar2cot.records import Grid
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
MODELS = [
    "Mistral-Large-Instruct-2407",
    "Qwen2.5-72B-Instruct",
    "Qwen2.5-Coder-32B-Instruct",
    "Qwen2.5-Coder-7B-Instruct",
]
GROUP_ROWS = 10_000
N_LINES = 12  # lines that do nothing, per program
LONGEST = 1_500  # characters of a program that knows the answers by heart
WORDS = ("grid", "cell", "row", "column", "colour", "object", "region", "border", "shape", "pattern", "mask", "corner",
         "line", "fill", "copy", "size", "count", "axis", "block", "tile", "step", "path", "edge", "zone")  # fmt: skip

# name, parameters, body with {}: each line of the body is indented by four
FAMILIES: list[tuple[str, list[tuple[int, ...]], str]] = [
    ("same", [()], "return [row[:] for row in grid]"),
    ("flip", [()], "return [row[::-1] for row in grid]"),
    ("turn", [()], "return grid[::-1]"),
    ("transpose", [()], "return [list(column) for column in zip(*grid)]"),
    ("recolour", [(a, b) for a in range(10) for b in (0, 2, 5, 8)],
     "return [[{1} if cell == {0} else cell for cell in row] for row in grid]"),
    ("constant", [(c,) for c in range(4)], "return [[{0}] * 3 for _ in range(3)]"),
    ("crop", [(n,) for n in range(1, 6)], "return [row[:{0}] for row in grid[:{0}]]"),
    ("shift", [(n,) for n in range(1, 5)], "return [row[{0} % len(row):] + row[:{0} % len(row)] for row in grid]"),
]  # fmt: skip


def bodies() -> list[str]:
    """Every family with every parameter, as the last line of a program."""
    return [body.format(*values) for _, parameters, body in FAMILIES for values in parameters]


def compiled(body: str) -> Callable[[Grid], Grid]:
    """The program as a function."""
    space: dict[str, Callable[[Grid], Grid]] = {}
    exec(f"def transform(grid):\n    {body}", space)  # the text stands in this file
    return space["transform"]


def memorised(task: ArcTask) -> str:
    """A program that is right on every pair: it knows the answers by heart; "" where it would be too long."""
    known = {str(pair.input): pair.output for pair in (*task.train, *task.test)}
    body = f"return {known!r}.get(str(grid), grid)"
    return body if len(body) <= LONGEST else ""


def filler(rng: np.random.Generator, n: int) -> list[str]:
    """Lines that do nothing, most of them alike and none the same."""
    words = rng.choice(WORDS, (n, 4))
    numbers = rng.integers(0, 1000, (n, 2))
    lines: list[str] = []
    for (a, b, c, d), (x, y) in zip(words.tolist(), numbers.tolist(), strict=True):
        lines.append(
            f"    {a}_{b} = ({x}, {y})  # {c} of the {d}"
            if x % 3
            else f"    # look at each {a} {b} and its {c}, then the {d} ({x})"
        )
    return lines


def batches(rows: int, seed: int) -> Iterator[pa.Table]:
    """The rows, `GROUP_ROWS` at a time, task by task."""
    rng = np.random.default_rng(seed)
    tasks = training_tasks()
    lines = pa.array(filler(rng, 20_000))
    programs = bodies()
    functions = [compiled(body) for body in programs]
    edges = np.linspace(0, rows, len(tasks) + 1).astype(int)
    first = 0
    for task, count in zip(tasks, np.diff(edges).tolist(), strict=True):
        variants = variants_of(task, programs, functions)
        for start in range(0, count, GROUP_ROWS):
            n = min(GROUP_ROWS, count - start)
            yield some_rows(rng, task.task_id, variants, lines, first, n)
            first += n


def training_tasks() -> list[ArcTask]:
    """400 tasks, the same ones every time."""
    tasks = load_arc_tasks()
    return [tasks[task_id] for task_id in sorted(tasks)[::2]]


def variants_of(task: ArcTask, programs: list[str], functions: list[Callable[[Grid], Grid]]) -> pa.Table:
    """What the programs predict for this task, a row each; some of the table are programs that are right."""
    right = memorised(task)
    all_programs = programs + [right] * (len(programs) if right else 0)
    rows: dict[str, list[object]] = {name: [] for name in ("body", *SCHEMA.names[1:5])}
    for index, body in enumerate(all_programs):
        rows["body"].append(f"    {body}")
        for part, pairs in (("train", task.train), ("test", task.test)):
            answers = [functions[index](pair.input) if index < len(programs) else pair.output for pair in pairs]
            rows[f"predicted_{part}_output"].append(answers)
            rows[f"correct_{part}_input"].append([a == pair.output for a, pair in zip(answers, pairs, strict=True)])
    types = {"body": pa.string()} | {name: SCHEMA.field(name).type for name in SCHEMA.names[1:5]}
    return pa.table({name: pa.array(values, types[name]) for name, values in rows.items()})


def some_rows(
    rng: np.random.Generator, task_id: str, variants: pa.Table, lines: pa.Array, first: int, n: int
) -> pa.Table:
    """`n` rows of a task: variants at random, each in a text of its own."""
    chosen = variants.take(pa.array(rng.integers(0, variants.num_rows, n)))
    heads = pc.binary_join_element_wise(
        "def transform(grid):\n    # ", pa.array(np.arange(first, first + n)).cast(pa.string()), ""
    )
    texts = [
        heads,
        *(lines.take(pa.array(rng.integers(0, len(lines), n))) for _ in range(N_LINES)),
        chosen.column("body").combine_chunks(),
    ]
    code = pc.binary_join_element_wise(*texts, "\n")
    return pa.table(
        [
            code,
            *(chosen.column(name) for name in SCHEMA.names[1:5]),
            pa.array([task_id] * n),
            pa.array(MODELS).take(pa.array(rng.integers(0, len(MODELS), n))),
            pa.array(rng.integers(0, 5, n)),
        ],
        schema=SCHEMA,
    )


def make(rows: int, out: Path, *, seed: int = 0, shards: int = 1) -> None:
    """Writes one file, or a folder of `shards`."""
    names = [out] if shards == 1 else [out / f"train-{i:05}-of-{shards:05}.parquet" for i in range(shards)]
    names[0].parent.mkdir(parents=True, exist_ok=True)
    per_shard, written, writer, left = -(-rows // shards), 0, None, iter(names)
    for table in batches(rows, seed):
        while table.num_rows:
            if writer is None:
                writer, written = pq.ParquetWriter(next(left), SCHEMA), 0
            part = table.slice(0, per_shard - written)
            writer.write_table(part)
            written, table = written + part.num_rows, table.slice(part.num_rows)
            if written == per_shard:
                writer.close()
                writer = None
    if writer is not None:
        writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    make(given.rows, given.out, seed=given.seed, shards=given.shards)


if __name__ == "__main__":
    main()
