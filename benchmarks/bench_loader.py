"""The loader against bare pyarrow, pandas, duckdb and orjson: CPU seconds and memory, ratios within one run.

    python benchmarks/make_soar.py --rows 5000000 --out /tmp/soar_5m.parquet
    soar2cot label /tmp/soar_5m.parquet /tmp/labelled_5m.parquet
    python benchmarks/bench_loader.py --data /tmp/labelled_5m.parquet
    python benchmarks/bench_loader.py --data /tmp/labelled_5m.parquet --raw /tmp/soar_5m.parquet --only label

Every measurement is a process of its own; what is compared takes turns (--repeat). The least CPU time of each counts.
`--whole` streams all rows and filters all rows the published way (half an hour).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

DONE = (0, 2, 100_000, 2_500_000)


@dataclass(frozen=True)
class Cost:
    """What a process used; `inner_s` is CPU time of the part that counts, where the process says so."""

    cpu_s: float
    wall_s: float
    rss_mb: float
    inner_s: float
    said: dict[str, float]


def child(name: str, *args: object) -> Cost:
    """Runs one measurement of this file in a process of its own."""
    command = [sys.executable, __file__, "--child", name, *map(str, args)]
    read, write = os.pipe()
    started = time.perf_counter()
    pid = os.posix_spawn(sys.executable, [*command], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1)])
    os.close(write)
    with os.fdopen(read) as pipe:
        said = json.loads(pipe.read() or "{}")
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{name} failed")
    cpu_s = used.ru_utime + used.ru_stime
    return Cost(cpu_s, time.perf_counter() - started, used.ru_maxrss / 1024, said.get("inner_s", cpu_s), said)


def least(costs: list[Cost]) -> Cost:
    """The one with the least CPU time: what other processes did to it is not its own."""
    return min(costs, key=lambda cost: cost.inner_s)


def in_turns(repeat: int, *measures: tuple[object, ...]) -> list[Cost]:
    """Each measurement `repeat` times, in turns."""
    costs = [[child(*measure) for measure in measures] for _ in range(repeat)]  # type: ignore[arg-type]
    return [least([turn[i] for turn in costs]) for i in range(len(measures))]


def row(what: str, ours: str, other: str, ratio: float, bar: str) -> None:
    print(f"| {what} | {ours} | {other} | {ratio:.2f} | {bar} |", flush=True)


# --- what is measured; each runs in a process of its own and prints JSON


def child_first_sample(data: str, done: str) -> dict[str, float]:
    """From nothing to the first sample, as a run does it."""
    import numpy as np

    from soar2cot.key_columns import KeyColumns
    from soar2cot.soar_loader import create_challenge_from_soar, load_arc_tasks, open_soar

    with np.load(done, allow_pickle=False) as saved:
        completed = KeyColumns(tuple(saved["tasks"].tolist()), tuple(saved["kinds"].tolist()),
                               saved["task"], saved["round_index"], saved["kind"])  # fmt: skip
    opened = open_soar(data)
    remaining = opened.remaining(completed)
    sample = next(opened.stream(completed), None) or next(opened.stream())  # a file smaller than what is done
    create_challenge_from_soar(sample, load_arc_tasks())  # type: ignore[arg-type]
    return {"remaining": remaining}


def child_read_keys(data: str) -> dict[str, float]:
    """Bare pyarrow: the three key columns, dictionaries where they are."""
    import pyarrow.parquet as pq

    started = time.process_time()
    pq.ParquetFile(data, read_dictionary=["task_id", "data_type"]).read(["task_id", "round_index", "data_type"])
    return {"read_s": time.process_time() - started}


def child_read_keys_plain(data: str) -> dict[str, float]:
    """Bare pyarrow: `read_table`, as one writes it."""
    import pyarrow.parquet as pq

    started = time.process_time()
    pq.read_table(data, columns=["task_id", "round_index", "data_type"])
    return {"read_s": time.process_time() - started}


def child_stream(data: str, n_rows: str) -> dict[str, float]:
    """Samples, decoded to Python lists; memory after a twentieth and at the end."""
    from soar2cot.soar_loader import open_soar

    opened = open_soar(data)
    stream, n, early = opened.stream(), min(int(n_rows), opened.n_rows), 0.0
    next(stream)
    cpu, wall = time.process_time(), time.perf_counter()
    for i in range(1, n):
        next(stream)
        if i == n // 20:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    inner, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"inner_s": inner, "wall_s": wall, "rows": n, "early_mb": early}


def child_bare(data: str, n_rows: str, with_lists: str) -> dict[str, float]:
    """A bare pyarrow loop over the same row groups and columns."""
    import pyarrow.parquet as pq

    from soar2cot.soar_loader.reader import SAMPLE_COLUMNS

    file, n, group = pq.ParquetFile(data), 0, 0
    cpu, wall = time.process_time(), time.perf_counter()
    while n < int(n_rows) and group < file.num_row_groups:
        table = file.read_row_group(group, columns=list(SAMPLE_COLUMNS))
        if with_lists == "lists":
            table.to_pylist()
        n, group = n + table.num_rows, group + 1
    return {"inner_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall, "rows": n}


def child_filter(data: str, done: str, n_rows: str) -> dict[str, float]:
    """Ours: the mask over row ordinals."""
    import numpy as np

    from soar2cot.key_columns import KeyColumns
    from soar2cot.soar_loader import open_soar
    from soar2cot.soar_loader.index import rows_among

    with np.load(done, allow_pickle=False) as saved:
        completed = KeyColumns(tuple(saved["tasks"].tolist()), tuple(saved["kinds"].tolist()),
                               saved["task"], saved["round_index"], saved["kind"])  # fmt: skip
    keys = open_soar(data).keys.part(slice(0, int(n_rows)))
    cpu = time.process_time()
    left = int((~rows_among(keys, completed)).sum())
    return {"inner_s": time.process_time() - cpu, "left": left}


def child_filter_published(data: str, done: str, n_rows: str) -> dict[str, float]:
    """The published filter: `df.apply` asks a set once per row."""
    import numpy as np
    import pyarrow.parquet as pq

    with np.load(done, allow_pickle=False) as saved:
        tasks, kinds = saved["tasks"].tolist(), saved["kinds"].tolist()
        columns = (saved["task"].tolist(), saved["round_index"].tolist(), saved["kind"].tolist())
    completed = {(tasks[t], r, kinds[k]) for t, r, k in zip(*columns, strict=True)}
    df = pq.read_table(data, columns=["task_id", "round_index", "data_type"]).slice(0, int(n_rows)).to_pandas()
    cpu = time.process_time()
    mask = df.apply(lambda r: (r["task_id"], r["round_index"], r["data_type"]) not in completed, axis=1)
    left = len(df[mask].copy())
    return {"inner_s": time.process_time() - cpu, "left": left}


def child_label(raw: str, out: str) -> dict[str, float]:
    """Our label, with the default memory."""
    from soar2cot.soar_loader import label

    return {"rows": label(raw, Path(out)).n_rows}


def child_duckdb(raw: str, out: str) -> dict[str, float]:
    """duckdb's bare sort and copy, with the same memory and row groups."""
    import duckdb

    connection = duckdb.connect(config={"memory_limit": "4GB", "temp_directory": f"{out}.spill"})
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(
        f"""COPY (SELECT *, row_number() OVER (PARTITION BY task_id ORDER BY file_row_number) - 1 AS round_index
        FROM read_parquet('{raw}', file_row_number = true) ORDER BY round_index, task_id)
        TO '{out}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048)"""
    )
    return {}


def child_progress(path: str) -> dict[str, float]:
    """Ours: progress.json to columns."""
    from soar2cot.progress_file import read_progress

    cpu = time.process_time()
    found = read_progress(Path(path))
    return {"inner_s": time.process_time() - cpu, "n": len(found.keys) if found else 0}


def child_orjson(path: str) -> dict[str, float]:
    """orjson alone."""
    import orjson

    content = Path(path).read_bytes()
    cpu = time.process_time()
    n = len(orjson.loads(content)["completed"])
    return {"inner_s": time.process_time() - cpu, "n": n}


# --- the table


def save_done(data: Path, folder: Path) -> dict[int, Path]:
    """The first keys in the order of work, as a ledger would hand them over: columns."""
    import numpy as np

    from soar2cot.soar_loader import open_soar

    keys = open_soar(data).keys
    paths: dict[int, Path] = {}
    for n in DONE:
        part = keys.part(slice(0, n))
        paths[n] = folder / f"done-{n}.npz"
        np.savez(paths[n], tasks=np.array(part.tasks), kinds=np.array(part.kinds),
                 task=part.task, round_index=part.round_index, kind=part.kind)  # fmt: skip
    return paths


def bench_start(data: Path, done: dict[int, Path], repeat: int) -> None:
    for n, path in done.items():
        ours, coded, plain = in_turns(
            repeat, ("first_sample", data, path), ("read_keys", data), ("read_keys_plain", data)
        )
        what = f"start → first sample, {n:,} done"
        row(what, f"{ours.cpu_s:.2f} s CPU, {ours.wall_s:.2f} s", "", ours.cpu_s, "≤ 2 s CPU")
        row(
            what,
            f"{ours.cpu_s:.2f} s",
            f"process that reads the keys {plain.cpu_s:.2f} s",
            ours.cpu_s / plain.cpu_s,
            "≤ 3",
        )
        row(what, f"{ours.cpu_s:.2f} s", f"reading alone {plain.said['read_s']:.2f} s (as dictionaries "
            f"{coded.said['read_s']:.2f} s)", ours.cpu_s / plain.said["read_s"], "≤ 3")  # fmt: skip
        row(f"memory at the first sample, {n:,} done", f"{ours.rss_mb:.0f} MB", "", ours.rss_mb, "≤ 400 MB")


def bench_stream(data: Path, n_rows: int, repeat: int) -> None:
    ours, bare, lists = in_turns(
        repeat, ("stream", data, n_rows), ("bare", data, n_rows, "arrow"), ("bare", data, min(n_rows, 20_000), "lists")
    )
    speed, bare_speed, list_speed = (cost.said["rows"] / cost.said["wall_s"] for cost in (ours, bare, lists))
    per_cpu, bare_cpu, list_cpu = (cost.said["rows"] / cost.inner_s for cost in (ours, bare, lists))
    what = f"stream, {ours.said['rows']:,.0f} rows"
    row(f"{what}, samples/s", f"{speed:,.0f}", f"row groups only {bare_speed:,.0f}", speed / bare_speed, "≥ 0.7")
    row(
        f"{what}, samples per CPU s", f"{per_cpu:,.0f}", f"row groups only {bare_cpu:,.0f}", per_cpu / bare_cpu, "≥ 0.7"
    )
    row(f"{what}, samples/s", f"{speed:,.0f}", f"with to_pylist {list_speed:,.0f}", speed / list_speed, "≥ 0.7")
    row(f"{what}, samples per CPU s", f"{per_cpu:,.0f}", f"with to_pylist {list_cpu:,.0f}", per_cpu / list_cpu, "≥ 0.7")
    row(f"{what}, memory", f"{ours.rss_mb:.0f} MB", f"after a twentieth {ours.said['early_mb']:.0f} MB",
        ours.rss_mb / ours.said["early_mb"], "≤ 400 MB, flat")  # fmt: skip


def bench_filter(data: Path, done: Path, n_rows: int, repeat: int) -> None:
    ours = least([child("filter", data, done, n_rows) for _ in range(repeat)])
    published = child("filter_published", data, done, n_rows)
    assert ours.said["left"] == published.said["left"]
    row(f"filter, {n_rows:,} rows", f"{ours.inner_s * 1000:.1f} ms", f"df.apply {published.inner_s:.1f} s",
        published.inner_s / ours.inner_s, "≥ 100")  # fmt: skip


def bench_label(raw: Path, folder: Path) -> None:
    ours = child("label", raw, folder / "labelled.parquet")
    duck = child("duckdb", raw, folder / "duckdb.parquet")
    row("label, CPU", f"{ours.cpu_s:.0f} s", f"duckdb {duck.cpu_s:.0f} s", ours.cpu_s / duck.cpu_s, "≤ 1.5")
    row("label, wall", f"{ours.wall_s:.0f} s", f"duckdb {duck.wall_s:.0f} s", ours.wall_s / duck.wall_s, "≤ 1.5")
    row("label, memory", f"{ours.rss_mb:.0f} MB", f"duckdb {duck.rss_mb:.0f} MB", ours.rss_mb / 4096, "≤ 4 GB")


def bench_progress(data: Path, folder: Path, repeat: int) -> None:
    from soar2cot import atomic
    from soar2cot.keyset import KeySet
    from soar2cot.progress_file import render_progress
    from soar2cot.soar_loader import open_soar

    keys = KeySet()
    keys.extend(open_soar(data).keys.part(slice(0, DONE[-1])))
    path = folder / "progress.json"
    atomic.write_bytes(path, *render_progress(keys, last_saved_to_parquet=0))
    ours, other = in_turns(repeat, ("progress", path), ("orjson", path))
    row(f"progress.json, {len(keys):,} entries", f"{ours.inner_s:.2f} s, {ours.rss_mb:.0f} MB",
        f"orjson {other.inner_s:.2f} s, {other.rss_mb:.0f} MB", ours.inner_s / other.inner_s, "≤ 2")  # fmt: skip


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(globals()[f"child_{sys.argv[2]}"](*sys.argv[3:])))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="labelled")
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--only", choices=["start", "stream", "filter", "label", "progress"])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--rows", type=int, default=100_000, help="rows that are streamed")
    parser.add_argument("--filter-rows", type=int, default=200_000)
    parser.add_argument("--whole", action="store_true")
    given = parser.parse_args()
    n_all = 1 << 62
    print("| what | ours | other | ratio | bar |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(dir=given.data.parent, prefix="bench-loader-") as name:
        folder = Path(name)
        done = save_done(given.data, folder)
        if given.only in (None, "start"):
            bench_start(given.data, done, given.repeat)
        if given.only in (None, "stream"):
            bench_stream(given.data, n_all if given.whole else given.rows, given.repeat)
        if given.only in (None, "filter"):
            bench_filter(given.data, done[100_000], n_all if given.whole else given.filter_rows, given.repeat)
        if given.only in (None, "progress"):
            bench_progress(given.data, folder, given.repeat)
        if given.only == "label" or (given.only is None and given.raw):
            bench_label(given.raw, folder)


if __name__ == "__main__":
    main()
