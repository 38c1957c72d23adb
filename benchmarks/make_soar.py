"""Writes SOAR files of any size, in the published layout: for measuring, not for training.

    python benchmarks/make_soar.py --rows 5000000 --out /tmp/soar_5m.parquet
    python benchmarks/make_soar.py --rows 100000 --shards 4 --out /tmp/shards

Raw schema, rows sorted by task, as many rows for each of the 400 ARC-AGI-1 training tasks, cells as int64, snappy.
The programs run, and really give the predicted grids: each is one of some transformations with its parameters, in
one of several spellings, among lines that do nothing, so that no two texts are equal and none compresses to
nothing (1 KB a program, 6.5 KB a row in memory, 0.4 KB on disk). Flags are computed. As many rows as in real ones are
right, and as many teach nothing: outputs that are the inputs, or always the same. The same seed gives the same rows.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from soar2cot.records import Grid
from soar2cot.soar_loader import ArcTask, load_arc_tasks
from soar2cot.soar_loader.trivial import is_trivial

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
SHARES = {"right": 0.19, "trivial": 0.06, "wrong": 0.75}  # of 2,791 real rows: 0.185, 0.062 and the rest
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
    known = {checksum(pair.input): " ".join("".join(map(str, row)) for row in pair.output)
             for pair in (*task.train, *task.test)}  # fmt: skip
    answer = "known.get(zlib.crc32(repr(grid).encode()), '0')"
    body = f"import zlib; known = {known!r}; return [list(map(int, row)) for row in {answer}.split()]"
    return body if len(body) <= LONGEST else ""


def checksum(grid: Grid) -> int:
    """As the programs work it out."""
    return zlib.crc32(repr(grid).encode())


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


@dataclass(frozen=True)
class Variants:
    """What each program predicts for one task, a row each, and how often it is drawn, (n,), together 1."""

    table: pa.Table
    weights: NDArray[np.float64]


def variants_of(task: ArcTask, programs: list[str], functions: list[Callable[[Grid], Grid]]) -> Variants:
    """Every program, and one that is right where it is not too long."""
    right = [body for body in [memorised(task)] if body]
    bodies, functions = [*programs, *right], [*functions, *map(compiled, right)]
    pairs, n_train = (*task.train, *task.test), len(task.train)
    answers = [[function(pair.input) for pair in pairs] for function in functions]
    flags = [[answer == pair.output for answer, pair in zip(found, pairs, strict=True)] for found in answers]
    columns = {
        "body": [f"    {body}" for body in bodies],
        "correct_train_input": [found[:n_train] for found in flags],
        "predicted_train_output": [found[:n_train] for found in answers],
        "correct_test_input": [found[n_train:] for found in flags],
        "predicted_test_output": [found[n_train:] for found in answers],
    }
    types = {"body": pa.string()} | {name: SCHEMA.field(name).type for name in SCHEMA.names[1:5]}
    table = pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})
    inputs = [pair.input for pair in pairs]
    return Variants(table, weights([kind_of(a, f, inputs) for a, f in zip(answers, flags, strict=True)]))


def kind_of(answers: list[Grid], flags: list[bool], inputs: list[Grid]) -> str:
    """A word of `SHARES`."""
    return "right" if all(flags) else "trivial" if is_trivial(answers, inputs) else "wrong"


def weights(kinds: list[str]) -> NDArray[np.float64]:
    """Each kind has its share; that of one that no program is of goes to the others."""
    found = np.array([SHARES[kind] / kinds.count(kind) for kind in kinds])
    return found / found.sum()


def some_rows(
    rng: np.random.Generator, task_id: str, variants: Variants, lines: pa.Array, first: int, n: int
) -> pa.Table:
    """`n` rows of a task: variants at random, each in a text of its own."""
    chosen = variants.table.take(pa.array(rng.choice(variants.table.num_rows, n, p=variants.weights)))
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
