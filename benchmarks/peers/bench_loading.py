"""Loading: which rows are left, and the first 1,000 of them in order, with the libraries that people know.

    python benchmarks/peers/bench_loading.py --data LABELLED.parquet --completed 100000

Each in a process of its own, in turns; CPU seconds of the process, start included, and its greatest memory. The keys
that are done are the first `--completed` of the file in order, in one parquet file. The others run in an environment
of their own (pinned in `requirements/loading.txt`), each as its documentation reads and joins: datasets filters with a
function over columns, polars with a lazy anti-join, duckdb with an anti-join in SQL; pandas is the published way,
`df.apply` with a set.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from envs import python_of, version_of

KEYS = ["task_id", "round_index", "data_type"]
N = 1_000


def with_soar2cot(data: str, done: str) -> int:
    import polars as pl

    from soar2cot.keyset import KeySet
    from soar2cot.records import SampleKey
    from soar2cot.soar_loader import open_soar

    keys = KeySet(SampleKey(*row) for row in pl.read_parquet(done).iter_rows())
    stream = open_soar(data).stream(keys)
    return sum(1 for _ in zip(range(N), stream, strict=False))


def with_polars(data: str, done: str) -> int:
    import polars as pl

    left = pl.scan_parquet(data).join(pl.scan_parquet(done), on=KEYS, how="anti")
    return left.sort("round_index", "task_id").head(N).collect(engine="streaming").height


def with_duckdb(data: str, done: str) -> int:
    import duckdb

    keys = ", ".join(KEYS)
    query = f"SELECT * FROM '{data}' ANTI JOIN '{done}' USING ({keys}) ORDER BY round_index, task_id LIMIT {N}"
    return len(duckdb.sql(query).fetchall())


def with_datasets(data: str, done: str) -> int:
    from datasets import load_dataset

    def keys_of(path: str):
        return load_dataset("parquet", data_files=path, split="train").select_columns(KEYS)

    finished = {tuple(row.values()) for row in keys_of(done)}
    whole = load_dataset("parquet", data_files=data, split="train")
    left = whole.filter(lambda *key: key not in finished, input_columns=KEYS)
    order = left.sort(["round_index", "task_id"])
    return len(order.select(range(min(N, len(order))))[:]["task_id"])


def with_pandas(data: str, done: str) -> int:
    import pandas as pd

    finished = set(pd.read_parquet(done)[KEYS].itertuples(index=False, name=None))
    rows = pd.read_parquet(data)
    mask = rows.apply(lambda row: (row["task_id"], row["round_index"], row["data_type"]) not in finished, axis=1)
    return len(rows[mask].copy().sort_values(["round_index", "task_id"]).head(N))


WAYS = {
    "soar2cot": with_soar2cot,
    "polars": with_polars,
    "duckdb": with_duckdb,
    "datasets": with_datasets,
    "pandas": with_pandas,
}


def child(way: str, data: str, done: str) -> None:
    """One measurement: prints rows, CPU seconds, MB."""
    found = WAYS[way](data, done)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(found, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def measure(way: str, data: Path, done: Path, home: Path) -> tuple[float, float, float]:
    """(CPU s, wall s, MB)."""
    python = sys.executable if way == "soar2cot" else str(python_of("loading"))
    command = [python, __file__, "--child", way, str(data), str(done)]
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    started = time.monotonic()
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    found, cpu_s, memory = map(float, said.stdout.split())
    if found != N:
        raise RuntimeError(f"{way} gave {found:.0f} rows, not {N}")
    return cpu_s, time.monotonic() - started, memory


def first_keys(data: Path, n: int, out: Path) -> None:
    """The first `n` keys in order."""
    import polars as pl

    keys = pl.scan_parquet(data).select(*(pl.col(name) for name in KEYS)).sort("round_index", "task_id").head(n)
    keys.collect().cast({"task_id": pl.String, "data_type": pl.String}).write_parquet(out)


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--completed", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=list(WAYS), choices=list(WAYS))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-loading-") as folder:
        done = Path(folder) / "done.parquet"
        first_keys(given.data, given.completed, done)
        taken: dict[str, list[tuple[float, float, float]]] = {way: [] for way in given.only}
        for _ in range(given.turns):
            for way in given.only:
                taken[way].append(measure(way, given.data, done, Path(folder) / "home"))
    print(f"{'':10} {'version':>9} {'CPU s':>8} {'wall s':>8} {'MB':>7}")
    for way, costs in taken.items():
        cpu_s, wall_s, memory = (statistics.median(values) for values in zip(*costs, strict=True))
        version = "" if way == "soar2cot" else version_of("loading", way)
        print(f"{way:10} {version:>9} {cpu_s:8.2f} {wall_s:8.2f} {memory:7.0f}")
        print(f"FIGURE loading.cpu_s.{way} {cpu_s:.4g}\nFIGURE loading.mb.{way} {memory:.0f}", flush=True)


if __name__ == "__main__":
    main()
