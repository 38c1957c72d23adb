"""What the sandbox costs, in CPU time, as ratios measured in turns in one run.

    python benchmarks/bench_sandbox.py FILE [--programs 200] [--turns 3] [--subprocesses 20]
    python benchmarks/bench_sandbox.py --many 1000000        the memory of parent and zygotes over many programs

FILE holds SOAR programs (`soar_dev.parquet`). Every way runs the same programs on all grids of their tasks, each turn
in a process of its own whose CPU time, all its children included, the kernel counts. A fixed cost, starting the
zygotes, is measured by itself and taken off.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from soar2cot.config import ProgramLimits
from soar2cot.sandbox import Job
from soar2cot.sandbox.linux import LinuxSandbox
from soar2cot.soar_loader import load_arc_tasks, open_soar
from soar2cot.soar_loader.decode import BadRow

LIMITS = ProgramLimits(cpu_s=30.0, wall_s=300.0)
LOOK_EVERY = 50_000  # programs between two looks at the memory
ONE_PROGRAM = """
import json, sys
from copy import deepcopy
code, grids = json.load(sys.stdin)
space = {}
exec(compile(code, "<program>", "exec"), space)
print(json.dumps([space["transform"](deepcopy(grid)) for grid in grids], default=int))
"""


def load_jobs(path: str, n: int) -> list[Job]:
    """Every k-th program of the file, so that all kinds are among them; not those that are a benchmark of their own."""
    data, tasks = open_soar(path), load_arc_tasks()
    rows = [row for row in data.stream() if not isinstance(row, BadRow) and row.key.task_id != "3631a71a"]
    step = max(1, len(rows) // n)
    pairs = [(row.code, tasks[row.key.task_id]) for row in islice(rows, 0, None, step)]
    return [Job(code, tuple(pair.input for pair in (*task.train, *task.test))) for code, task in pairs][:n]


def in_process(jobs: list[Job]) -> None:
    """No isolation at all: the limit. Output goes where it may."""
    import numpy
    import scipy.ndimage

    assert numpy and scipy.ndimage
    for job in jobs:
        code = compile(job.code, "<program>", "exec")
        for grid in job.inputs:
            space: dict[str, object] = {}
            exec(code, space)
            space["transform"]([list(row) for row in grid])  # type: ignore[operator]


def alone(jobs: list[Job]) -> None:
    """A fork per program."""
    with LinuxSandbox("full", LIMITS, workers=1) as sandbox:
        for job in jobs:
            sandbox.run(job)


def shared(jobs: list[Job]) -> None:
    """Both lanes."""
    with LinuxSandbox("full", LIMITS, workers=1) as sandbox:
        for _ in sandbox.run_many(jobs):
            pass


def zygotes(jobs: list[Job]) -> None:
    """What is paid once: a start of each kind that these programs need, one program in each."""
    heads = ("", "import numpy\n", "import scipy.ndimage\n") + (("import scipy.signal\n",) if needs_scipy(jobs) else ())
    with LinuxSandbox("full", LIMITS, workers=1) as sandbox:
        for head in heads:
            sandbox.run(Job(f"{head}def transform(grid):\n    return grid", ([[1]],)))


def needs_scipy(jobs: list[Job]) -> bool:
    """Whether one of them takes more than `scipy.ndimage`."""
    from soar2cot.sandbox.requests import kind_of

    return any(kind_of(job.code.encode()) == "scipy" for job in jobs)


def subprocesses(jobs: list[Job]) -> None:
    """A fresh Python per program."""
    for job in jobs:
        subprocess.run(
            [sys.executable, "-c", ONE_PROGRAM],
            input=json.dumps([job.code, job.inputs]).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


def nothing(_: list[Job]) -> None:
    """Reading the file, and importing what all ways import."""
    import numpy
    import scipy.ndimage

    assert numpy and scipy.ndimage


WAYS: dict[str, Callable[[list[Job]], None]] = {
    "nothing": nothing,
    "in_process": in_process,
    "zygotes": zygotes,
    "alone": alone,
    "shared": shared,
    "subprocesses": subprocesses,
}


def cpu_s() -> float:
    """CPU time of this process and of all that it has waited for."""
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def measure(way: str, jobs: list[Job]) -> float:
    """CPU seconds of one way, in a fork of this process."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        before = cpu_s()
        WAYS[way](jobs)
        os.write(writer, f"{cpu_s() - before}".encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(pid, 0)
    with os.fdopen(reader) as file:
        return float(file.read())


def speed(path: str, n_programs: int, turns: int, n_subprocesses: int) -> None:
    """The table of ratios."""
    jobs = load_jobs(path, n_programs)
    nothing(jobs)
    few = jobs[:: max(1, len(jobs) // n_subprocesses)][:n_subprocesses]
    seconds: dict[str, list[float]] = {}
    for _ in range(turns):
        for way in ("in_process", "zygotes", "alone", "shared", "subprocesses"):
            seconds.setdefault(way, []).append(measure(way, few if way == "subprocesses" else jobs))
    each = {way: statistics.median(values) / len(jobs) * 1e3 for way, values in seconds.items()}
    each["subprocesses"] = statistics.median(seconds["subprocesses"]) / len(few) * 1e3
    once = statistics.median(seconds["zygotes"])
    each["alone"], each["shared"] = each["alone"] - once * 1e3 / len(jobs), each["shared"] - once * 1e3 / len(jobs)
    print(f"{len(jobs)} programs, median of {turns} turns, ms of CPU a program; zygotes: {once:.2f} s once")
    for way in ("in_process", "shared", "alone", "subprocesses"):
        print(f"  {way:<14}{each[way]:>9.3f} ms")
    print(f"two lanes, against in-process:          {each['in_process'] / each['shared']:.2f} x   (bar 0.6)")
    print(f"fork per program, against in-process:   {each['in_process'] / each['alone']:.2f} x   (bar 0.2)")
    print(f"two lanes, against Python subprocess:   {each['subprocesses'] / each['shared']:.0f} x   (bar 40)")


def tracing(path: str, n_programs: int) -> None:
    """Traced against untraced, of the programs with 2,000 events and more on their first grid: CPU time of the child.

    The ratio is that of the sums: what tracing many programs costs. That of each program follows its size: one that
    runs for a tenth of a millisecond pays 2,000 times for each look at its variables.
    """
    seconds: list[tuple[float, float]] = []
    with LinuxSandbox("full", LIMITS, workers=1) as sandbox:
        for job in load_jobs(path, n_programs):
            plain, traced = Job(job.code, job.inputs[:1]), Job(job.code, job.inputs[:1], trace=True)
            if len(sandbox.run(traced).results[0].events) >= 2_000:
                seconds.append(tuple(min(sandbox.run(each).cpu_s for _ in range(3)) for each in (traced, plain)))  # type: ignore[arg-type]
    if seconds:
        ratios = sorted(traced / plain for traced, plain in seconds)
        total = sum(traced for traced, _ in seconds) / sum(plain for _, plain in seconds)
        print(
            f"tracing to 2,000 events, against untraced:  {total:.1f} x   (bar 20), all {len(ratios)} programs together"
        )
        above = sum(ratio > 20 for ratio in ratios)
        print(
            f"  by program: median {statistics.median(ratios):.1f} x, largest {ratios[-1]:.1f} x, above 20 x: {above}"
        )


def resident_kib(pid: int) -> int:
    """Resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def many(n_programs: int) -> None:
    """The memory of parent and zygotes, looked at every LOOK_EVERY programs of a long stream."""
    heads = ("", "import numpy as np\n")
    jobs = (
        Job(
            f"{heads[n % 2]}def transform(grid):\n    x = {n}\n    return [row[::-1] for row in grid]",
            ([[1, 2], [3, 4]],),
        )
        for n in range(n_programs)
    )
    started = time.monotonic()
    totals: list[int] = []
    with LinuxSandbox("full", LIMITS, workers=1) as sandbox:
        for n, _ in enumerate(sandbox.run_many(jobs), 1):
            if n % LOOK_EVERY == 0 or n == n_programs:
                sizes = {pid: resident_kib(pid) for pid in (os.getpid(), *sandbox.pids)}
                totals.append(sum(sizes.values()))
                seconds = time.monotonic() - started
                print(
                    f"{n:>9,} programs, {seconds:7.0f} s, resident KiB: {' '.join(map(str, sizes.values()))}",
                    flush=True,
                )
        print(f"{sandbox.counts}")
    print(f"FIGURE sandbox.growth_mb {(totals[-1] - totals[0]) / 1024:.2f}")


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?")
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--subprocesses", type=int, default=20)
    parser.add_argument("--only-tracing", action="store_true")
    parser.add_argument("--many", type=int, default=0)
    options = parser.parse_args()
    if options.many:
        many(options.many)
    if options.file and not options.only_tracing:
        speed(options.file, options.programs, options.turns, options.subprocesses)
    if options.file:
        tracing(options.file, options.programs)


if __name__ == "__main__":
    main()
