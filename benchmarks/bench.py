"""Runs every benchmark in turn and writes one table: `make bench`, `make bench-full`.

    python benchmarks/bench.py                     small sizes, minutes; results and page in out/bench
    python benchmarks/bench.py --full              all sizes, about an hour; benchmarks/results and docs/comparison.md
    python benchmarks/bench.py --only ledger rows  some of them

One after the other, never two at once. One that fails says so and does not keep the others from running; the exit
code is then 1. Files of millions of rows are made in `--folder` once and stay there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from machine import ROOT
from record import RESULTS

PEERS = "benchmarks/peers"


@dataclass(frozen=True)
class Job:
    """A benchmark in both sizes; `{}` in a word is the folder of the large files."""

    name: str
    small: str
    full: str


def jobs(soar: str) -> list[Job]:
    """All, the quickest first. `soar`: SOAR programs to execute and to explain."""
    loader = "benchmarks/bench_loader.py --data {}"
    return [
        Job("help", "benchmarks/bench_help.py", "benchmarks/bench_help.py --times 40"),
        Job("limit", "benchmarks/bench_llm.py --only limit", "benchmarks/bench_llm.py --only limit"),
        Job(
            "loader",
            f"{loader}/labelled-small.parquet --raw {{}}/raw-small.parquet --repeat 1 --rows 20000 --filter-rows 20000",
            f"{loader}/labelled-full.parquet --raw {{}}/raw-full.parquet",
        ),
        Job(
            "loading",
            f"{PEERS}/bench_loading.py --data {{}}/labelled-small.parquet --completed 10000 --turns 1",
            f"{PEERS}/bench_loading.py --data {{}}/labelled-full.parquet --only soar2cot polars duckdb",
        ),
        Job("ledger", "benchmarks/bench_ledger.py --samples 2560 --rounds 3", "benchmarks/bench_ledger.py"),
        Job(
            "ledger-many",
            "benchmarks/bench_ledger.py --completed 50000 --samples 2560 --rounds 3",
            "benchmarks/bench_ledger.py --completed 5000000",
        ),
        Job("durability", f"{PEERS}/bench_durability.py --turns 1 --workflows 100", f"{PEERS}/bench_durability.py"),
        Job("crash", "benchmarks/bench_crash.py --kills 30", "benchmarks/bench_crash.py"),
        Job("progress", "benchmarks/bench_progress.py --turns 3", "benchmarks/bench_progress.py --turns 9"),
        Job(
            "sandbox",
            f"benchmarks/bench_sandbox.py {soar} --programs 40 --turns 1 --subprocesses 5",
            f"benchmarks/bench_sandbox.py {soar}",
        ),
        Job("attacks", "-m tests.acceptance.sandbox_arena --count", "-m tests.acceptance.sandbox_arena --count"),
        Job(
            "verify",
            f"-m soar2cot verify {soar} --state {{}}/verify.json",
            f"-m soar2cot verify {soar} --state {{}}/verify.json",
        ),
        Job("facts", "benchmarks/bench_facts.py --every 20", "benchmarks/bench_facts.py"),
        Job(
            "symbolic",
            f"benchmarks/bench_symbolic.py {soar} --limit 40",
            f"benchmarks/bench_symbolic.py {soar} --limit 400",
        ),
        Job("engine", "benchmarks/bench_llm.py --only engine --calls 500", "benchmarks/bench_llm.py --only engine"),
        Job(
            "web",
            "benchmarks/bench_web.py --rows 20000 --turns 3 --folder {}",
            "benchmarks/bench_web.py --rows 5000000 --folder {}",
        ),
        Job("executor", "benchmarks/bench_executor.py --only symbolic", "benchmarks/bench_executor.py"),
        Job("rows", f"{PEERS}/bench_rows.py --rows 500 --turns 1 --kills 0", f"{PEERS}/bench_rows.py --kills 0"),
        Job(
            "kills",
            f"{PEERS}/bench_rows.py --rows 500 --turns 0 --kills 1 --in-flight 128",
            f"{PEERS}/bench_rows.py --turns 0 --kills 3",
        ),
    ]


OWN_FILE = ("rows", "kills")  # these keep more than figures, and write their file themselves


def prepare(folder: Path, size: str, rows: int) -> None:
    """The large files, made where there are none."""
    raw, labelled = folder / f"raw-{size}.parquet", folder / f"labelled-{size}.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    if not raw.exists():
        run([sys.executable, "benchmarks/make_soar.py", "--rows", str(rows), "--out", str(raw)])
    if not labelled.exists():
        run([sys.executable, "-m", "soar2cot", "label", str(raw), str(labelled)])


def run(command: list[str]) -> bool:
    """Whether it ended well."""
    print(f"\n=== {' '.join(command[1:])}", flush=True)
    return subprocess.run(command, cwd=ROOT).returncode == 0


def one(job: Job, *, full: bool, folder: Path, out: Path) -> bool:
    """Runs a job and keeps its figures."""
    words = (job.full if full else job.small).replace("{}", str(folder)).split()
    command = [sys.executable, *words]
    if job.name in OWN_FILE:
        return run([*command, "--out", str(out)])
    return run([sys.executable, "benchmarks/record.py", job.name, "--out", str(out), "--", *command])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", nargs="+", metavar="NAME")
    parser.add_argument("--soar", default="src/soar2cot/sample/sample.parquet", help="SOAR programs to execute")
    parser.add_argument("--folder", type=Path, default=ROOT / "out" / "bench" / "data")
    given = parser.parse_args()
    wanted = [job for job in jobs(given.soar) if not given.only or job.name in given.only]
    if unknown := set(given.only or ()) - {job.name for job in wanted}:
        parser.error(
            f"no such benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(j.name for j in jobs(''))}"
        )
    out = RESULTS if given.full else ROOT / "out" / "bench" / "results"
    if any("{}" in job.full for job in wanted):
        prepare(given.folder, *(("full", 5_000_000) if given.full else ("small", 50_000)))
    failed = [job.name for job in wanted if not one(job, full=given.full, folder=given.folder, out=out)]
    page = ROOT / "docs" / "comparison.md" if given.full else ROOT / "out" / "bench" / "comparison.md"
    run([sys.executable, "benchmarks/make_comparison.py", "--results", str(out), "--out", str(page)])
    if failed:
        print(f"failed: {', '.join(failed)}; what stopped them stands above", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
