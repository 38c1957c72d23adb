"""The loader against bare pyarrow, pandas, duckdb and orjson: CPU seconds and memory, ratios within one run.

    python benchmarks/make_soar.py --rows 5000000 --out /tmp/soar_5m.parquet
    soar2cot label /tmp/soar_5m.parquet /tmp/labelled_5m.parquet
    python benchmarks/bench_loader.py --data /tmp/labelled_5m.parquet
    python benchmarks/bench_loader.py --data /tmp/labelled_5m.parquet --raw /tmp/soar_5m.parquet --only label

Every measurement is a process of its own; what is compared takes turns (--repeat). The least CPU time of each counts.
Sections (--only), each within minutes:

    start     `soar2cot run` itself with 0, 2, 100,000 and 2,500,000 samples done, killed with -9 and started again
    memory    the stream of all that is left, to the last row. A real run of millions takes days: what else takes
              memory there (ledger, workers) is in `start`
    stream    the first --rows rows        filter    --filter-rows rows (all), 2,500,000 done
    progress  progress.json of 2,500,000 entries, file and ledger agree
    select    --drop-trivial and --deduplicate over the first --select-rows rows
    label     needs --raw; `label` and duckdb's bare sort and copy, in turns; of 5,000,000 rows half an hour a turn: not
              part of a run without --only
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loader_runs import done_counts, load_done, make_ready, save_done, save_progress, start_and_kill


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
        lines = pipe.read().splitlines()  # the last one; before it, what was logged
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{name} failed")
    said = json.loads(lines[-1])
    cpu_s = used.ru_utime + used.ru_stime
    return Cost(cpu_s, time.perf_counter() - started, used.ru_maxrss / 1024, said.get("inner_s", cpu_s), said)


def least(costs: list[Cost]) -> Cost:
    """The one with the least CPU time: what other processes did to it is not its own."""
    return min(costs, key=lambda cost: cost.inner_s)


def in_turns(repeat: int, *measures: tuple[object, ...]) -> list[Cost]:
    """Each measurement `repeat` times, in turns."""
    costs = [[child(*measure) for measure in measures] for _ in range(repeat)]  # type: ignore[arg-type]
    return [least([turn[i] for turn in costs]) for i in range(len(measures))]


DUCKDB_THREADS = 2


def row(what: str, ours: str, other: str, ratio: float, bar: str) -> None:
    print(f"| {what} | {ours} | {other} | {ratio:.2f} | {bar} |", flush=True)


# --- what is measured; each runs in a process of its own and prints JSON


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
    """Samples, decoded to Python lists."""
    from soar2cot.soar_loader import open_soar

    opened = open_soar(data)
    stream, n = opened.stream(), min(int(n_rows), opened.n_rows)
    next(stream)
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(1, n):
        next(stream)
    return {"inner_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall, "rows": n}


def child_memory(data: str, done: str) -> dict[str, float]:
    """Memory at the first and the last sample that is left, and the most between; looked at every thousand."""
    from soar2cot.soar_loader import open_soar

    opened, completed = open_soar(data), load_done(done)
    seen: list[float] = []
    n = 0
    for n, _ in enumerate(opened.stream(completed), start=1):
        if n % 1000 == 1:
            seen.append(resident_mb())
    seen.append(resident_mb())
    return {"rows": n, "first_mb": seen[0], "last_mb": seen[-1], "most_mb": max(seen)}


def resident_mb() -> float:
    """Of this process, now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


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
    from soar2cot.soar_loader import open_soar
    from soar2cot.soar_loader.index import rows_among

    completed, keys = load_done(done), open_soar(data).keys.part(slice(0, int(n_rows)))
    cpu = time.process_time()
    left = int((~rows_among(keys, completed)).sum())
    return {"inner_s": time.process_time() - cpu, "rows": len(keys), "left": left}


def child_filter_published(data: str, done: str, n_rows: str) -> dict[str, float]:
    """The published filter: `df.apply` asks a set once per row."""
    import pyarrow.parquet as pq

    completed = {tuple(key) for key in load_done(done)}
    df = pq.read_table(data, columns=["task_id", "round_index", "data_type"]).slice(0, int(n_rows)).to_pandas()
    cpu = time.process_time()
    mask = df.apply(lambda r: (r["task_id"], r["round_index"], r["data_type"]) not in completed, axis=1)
    left = len(df[mask].copy())
    return {"inner_s": time.process_time() - cpu, "left": left}


def child_select(data: str, n_rounds: str, name: str) -> dict[str, float]:
    """Opening with a selection that reads programs or grids."""
    from soar2cot.config import Selection
    from soar2cot.soar_loader import open_soar

    taken = open_soar(data, select=Selection.model_validate({"rounds": (0, int(n_rounds)), name: True})).selected
    return {"kept": taken.n_rows, "dropped": taken.counts[name]}


def child_label(raw: str, out: str) -> dict[str, float]:
    """Our label, with the default memory."""
    from soar2cot.soar_loader import label

    return {"rows": label(raw, Path(out)).n_rows}


def child_duckdb(raw: str, out: str, memory: str) -> dict[str, float]:
    """duckdb's bare sort and copy: as many threads and rows a group as ours, as much memory as it is given.

    `failed`: it says that this is not enough.
    """
    import duckdb

    settings = {"memory_limit": memory, "temp_directory": f"{out}.spill", "threads": DUCKDB_THREADS}
    connection = duckdb.connect(config=settings)
    connection.execute("SET preserve_insertion_order = false")
    try:
        connection.execute(
            f"""COPY (SELECT *, row_number() OVER (PARTITION BY task_id ORDER BY file_row_number) - 1 AS round_index
            FROM read_parquet('{raw}', file_row_number = true) ORDER BY round_index, task_id)
            TO '{out}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048)"""
        )
    except duckdb.OutOfMemoryException:
        return {"failed": 1}
    return {"failed": 0}


def child_progress(run_dir: str) -> dict[str, float]:
    """Ours: progress.json of a run directory read and compared with the ledger, as a start does it."""
    from soar2cot.ledger import open_ledger
    from soar2cot.progress_tracker import open_face

    async def compare() -> dict[str, float]:
        ledger = await open_ledger(f"sqlite:///{run_dir}/ledger.db")
        cpu = time.process_time()
        face = await open_face(Path(run_dir) / "progress.json", ledger)
        inner = time.process_time() - cpu
        await ledger.aclose()
        return {"inner_s": inner, "n": len(face.tracker.keys), "edits": len(face.edits.added) + len(face.edits.removed)}

    return asyncio.run(compare())


def child_orjson(path: str) -> dict[str, float]:
    """orjson alone."""
    import orjson

    content = Path(path).read_bytes()
    cpu = time.process_time()
    n = len(orjson.loads(content)["completed"])
    return {"inner_s": time.process_time() - cpu, "n": n}


# --- the table


def bench_start(data: Path, folder: Path, counts: list[int], repeat: int) -> None:
    for n in counts:
        run_dir = folder / f"run-{n}"
        if n:
            make_ready(data, run_dir, save_progress(data, folder, n))
        starts, coded, plain = [], [], []
        for _ in range(repeat):
            if not n:
                shutil.rmtree(run_dir, ignore_errors=True)
            starts.append(start_and_kill(data, run_dir))
            coded.append(child("read_keys", data))
            plain.append(child("read_keys_plain", data))
        cpu_s = min(start.cpu_s for start in starts)
        process, alone, codes = least(plain).cpu_s, least(plain).said["read_s"], least(coded).said["read_s"]
        each = " / ".join(f"{start.cpu_s:.2f}" for start in starts)
        what = f"soar2cot run → first sample, {n:,} done"
        workers_s = min(start.all_cpu_s for start in starts)
        row(what, f"{each} s CPU, each killed with -9", f"with workers {workers_s:.2f} s", cpu_s, "≤ 2 s CPU")
        row(what, f"{cpu_s:.2f} s", f"process that reads the keys {process:.2f} s", cpu_s / process, "≤ 3")
        row(
            what, f"{cpu_s:.2f} s", f"reading alone {alone:.2f} s (as dictionaries {codes:.2f} s)", cpu_s / alone, "≤ 3"
        )
        most = max(start.rss_mb for start in starts)
        row(f"memory at the first sample, {n:,} done", f"{most:.0f} MB", "", most, "≤ 400 MB")


def bench_memory(data: Path, folder: Path) -> None:
    found = child("memory", data, save_done(data, folder, done_counts(data)[-1])).said
    row(f"stream, {found['rows']:,.0f} rows to the last, memory", f"{found['most_mb']:.0f} MB",
        f"first sample {found['first_mb']:.0f} MB, last {found['last_mb']:.0f} MB",
        found["most_mb"] / found["first_mb"], "≤ 400 MB, flat")  # fmt: skip


def bench_stream(data: Path, n_rows: int, repeat: int) -> None:
    ours, bare, lists = in_turns(
        repeat, ("stream", data, n_rows), ("bare", data, n_rows, "arrow"), ("bare", data, min(n_rows, 20_000), "lists")
    )
    what = f"stream, {ours.said['rows']:,.0f} rows"
    for name, other in (("row groups only", bare), ("with to_pylist", lists)):
        speed, theirs = (cost.said["rows"] / cost.said["wall_s"] for cost in (ours, other))
        row(f"{what}, samples/s", f"{speed:,.0f}", f"{name} {theirs:,.0f}", speed / theirs, "≥ 0.7")
        speed, theirs = (cost.said["rows"] / cost.inner_s for cost in (ours, other))
        row(f"{what}, samples per CPU s", f"{speed:,.0f}", f"{name} {theirs:,.0f}", speed / theirs, "≥ 0.7")


def bench_filter(data: Path, folder: Path, n_rows: int, repeat: int) -> None:
    done = save_done(data, folder, done_counts(data)[-1])
    ours = least([child("filter", data, done, n_rows) for _ in range(repeat)])
    published = child("filter_published", data, done, n_rows)
    assert ours.said["left"] == published.said["left"]
    row(f"filter, {ours.said['rows']:,.0f} rows, {done_counts(data)[-1]:,} done", f"{ours.inner_s * 1000:.1f} ms",
        f"df.apply {published.inner_s:.1f} s", published.inner_s / ours.inner_s, "≥ 100")  # fmt: skip


def bench_progress(data: Path, folder: Path, repeat: int) -> None:
    run_dir = folder / "run-progress"
    make_ready(data, run_dir, save_progress(data, folder, done_counts(data)[-1]))
    sealed = child("progress", run_dir)
    path = run_dir / "progress.json"
    shutil.copy(path, folder / "copy.json")
    (folder / "copy.json").replace(path)  # another inode: it is read and compared
    ours, other = in_turns(repeat, ("progress", run_dir), ("orjson", path))
    assert not ours.said["edits"] and not sealed.said["edits"]
    what = f"progress.json, {ours.said['n']:,.0f} entries, read and reconciled"
    row(what, f"{ours.inner_s:.2f} s, {ours.rss_mb:.0f} MB", f"orjson {other.inner_s:.2f} s, {other.rss_mb:.0f} MB",
        ours.inner_s / other.inner_s, "≤ 2")  # fmt: skip
    row("the same file, untouched since the run wrote it", f"{sealed.inner_s:.2f} s, {sealed.rss_mb:.0f} MB",
        "", sealed.inner_s / other.inner_s, "")  # fmt: skip


def bench_select(data: Path, n_rows: int) -> None:
    from soar2cot.soar_loader import open_soar

    keys = open_soar(data).keys
    n_rounds = int(keys.round_index[min(n_rows, len(keys)) - 1]) + 1
    for name in ("drop_trivial", "deduplicate"):
        cost = child("select", data, n_rounds, name)
        n_read = cost.said["kept"] + cost.said["dropped"]
        row(f"{name}, {n_read:,.0f} rows", f"{cost.cpu_s:.0f} s CPU, {cost.rss_mb:.0f} MB",
            f"{cost.said['dropped']:,.0f} dropped", cost.cpu_s, "")  # fmt: skip


def duckdb_within(memories: list[str], raw: Path, out: Path, ours: Cost) -> Cost | None:
    """What duckdb used within the first of the memories; one that is not enough is said and taken out."""
    while memories:
        found = child("duckdb", raw, out, memories[0])
        shutil.rmtree(f"{out}.spill", ignore_errors=True)
        out.unlink(missing_ok=True)
        end = "out of memory after " if found.said["failed"] else ""
        print(f"| label | {ours.cpu_s:.0f} s CPU, {ours.wall_s:.0f} s | duckdb within {memories[0]}: {end}"
              f"{found.cpu_s:.0f} s CPU, {found.wall_s:.0f} s, {found.rss_mb:.0f} MB | | |", flush=True)  # fmt: skip
        if not found.said["failed"]:
            return found
        memories.pop(0)
    return None


def bench_label(raw: Path, folder: Path, memories: list[str], repeat: int) -> None:
    """In turns, so that both meet the same machine; a memory in which duckdb fails is said, and the next one taken."""
    out, waiting = folder / "labelled.parquet", list(memories)
    ours: list[Cost] = []
    theirs: list[Cost] = []
    while len(ours) < repeat and waiting:
        ours.append(child("label", raw, out))
        out.unlink()
        duck = duckdb_within(waiting, raw, folder / "duckdb.parquet", ours[-1])
        theirs += [duck] if duck else []
    row("label, memory", f"{max(cost.rss_mb for cost in ours):.0f} MB", "",
        max(cost.rss_mb for cost in ours) / 4096, "≤ 4 GB")  # fmt: skip
    for name, get in (("CPU", lambda cost: cost.cpu_s), ("wall", lambda cost: cost.wall_s)):
        if theirs:
            mine, other = min(map(get, ours)), min(map(get, theirs))
            row(f"label, {name}", f"{mine:.0f} s", f"duckdb within {waiting[0]} {other:.0f} s", mine / other, "≤ 1.5")


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(globals()[f"child_{sys.argv[2]}"](*sys.argv[3:])))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="labelled")
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--done", type=int, nargs="+", help="for start: only these numbers of finished samples")
    parser.add_argument("--rows", type=int, default=100_000, help="rows that are streamed")
    parser.add_argument("--filter-rows", type=int, default=1 << 62)
    parser.add_argument("--select-rows", type=int, default=1_000_000)
    parser.add_argument("--duckdb-memory", nargs="+", default=["4GB", "10GB"],
                        help="for the sort and copy; one after the other until it is enough")  # fmt: skip
    parser.add_argument("--only", choices=["start", "memory", "stream", "filter", "progress", "select", "label"])
    given = parser.parse_args()
    print("| what | ours | other | ratio | bar |\n| --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory(dir=given.data.parent, prefix="bench-loader-") as name:
        folder = Path(name)
        sections: dict[str, Callable[[], None]] = {
            "start": lambda: bench_start(given.data, folder, given.done or done_counts(given.data), given.repeat),
            "memory": lambda: bench_memory(given.data, folder),
            "stream": lambda: bench_stream(given.data, given.rows, given.repeat),
            "filter": lambda: bench_filter(given.data, folder, given.filter_rows, given.repeat),
            "progress": lambda: bench_progress(given.data, folder, given.repeat),
            "select": lambda: bench_select(given.data, given.select_rows),
            "label": lambda: bench_label(given.raw, folder, given.duckdb_memory, given.repeat),
        }
        for section in [given.only] if given.only else [name for name in sections if name != "label" or given.raw]:
            sections[section]()


if __name__ == "__main__":
    main()
