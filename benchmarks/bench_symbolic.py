"""What the symbolic engine covers, how fast it is, and whether mutants are told apart.

    python benchmarks/bench_symbolic.py FILE.parquet [--limit 200] [--seed 0]    coverage and speed
    python benchmarks/bench_symbolic.py FILE.parquet --mutants 2                 are mutants told apart
    python benchmarks/bench_symbolic.py FILE.parquet --many 100000               is memory flat
    python benchmarks/bench_symbolic.py FILE.parquet --records 10                whole records, as Markdown

CPU time of this process decides speed; what the programs themselves take in the sandbox is printed beside it. All of
it runs on one core, as each worker has one where a run has as many of them as there are cores.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import random
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from soar2cot.challenge import Challenge, render_grid
from soar2cot.config import ProgramLimits
from soar2cot.engines.symbolic.coverage import Coverage
from soar2cot.engines.symbolic.engine import SymbolicEngine, challenge_inputs
from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.method import write_method
from soar2cot.errors import Soar2CotError
from soar2cot.garbage import seldom_collected
from soar2cot.records import Grid, Sample
from soar2cot.sandbox import Job, Sandbox, open_sandbox
from soar2cot.soar_loader import create_challenge_from_soar, load_arc_tasks, open_soar
from symbolic_mutants import KINDS
from symbolic_mutants import mutants as mutated

Row: TypeAlias = "tuple[Sample, Challenge, tuple[Grid, ...]]"
FIGURES = {
    "reproduced": "followed",
    "no_literal_code": "no_code",
    "events_inside_idioms": "confirmed",
    "words_median": "method_words",
    "three_to_eight_steps": "method_steps_share",
    "explainer_failures": "explainer_failures",
}


def samples(path: str, limit: int, seed: int) -> list[Row]:
    """Rows by seed with their challenge and solutions."""
    tasks = load_arc_tasks()
    rows = [item for item in open_soar(path).stream() if isinstance(item, Sample)]
    chosen = random.Random(seed).sample(rows, limit) if limit < len(rows) else rows
    return [(row, *create_challenge_from_soar(row, tasks)) for row in chosen]


def coverage(rows: list[Row], sandbox: Sandbox) -> Coverage:
    """The figures of docs/symbolic.md."""
    found = Coverage(sandbox)
    for row, challenge, solutions in rows:
        found.add(row.code, challenge, solutions)
    return found


def show_coverage(found: Coverage) -> None:
    """The table, what is behind it, and the figures of the bars."""
    figures = found.figures()
    for name, value in figures.items():
        print(f"{name:>30} {value:.4g}")
    for title, counts in (("reasons", found.reasons), ("missing", found.missing), ("forbidden", found.forbidden)):
        print(f"{title}: {dict(counts.most_common(12))}")
    for form, count in found.regions.most_common(12):
        print(f"{count:6d} programs: {' '.join(found.examples[form].split())[:160]}")
    for failure in found.failures:
        print(f"failed: {failure}")
    for name, label in FIGURES.items():
        print(f"FIGURE symbolic.{label} {figures[name]:.4g}")


def speed(rows: list[Row], sandbox: Sandbox) -> float:
    """Whole records a second of CPU of this process: execute, write, follow, record, check.

    In the order in which a run takes them, and with garbage collected as seldom as the workers of a run do.
    """
    engine = SymbolicEngine(sandbox)
    in_order = sorted(rows, key=lambda item: (item[0].key.round_index, item[0].key.task_id))
    with seldom_collected():
        record(engine, in_order[0][0], in_order[0][1])  # what is loaded and indexed at first use
        started = time.process_time()
        for row, challenge, _ in in_order:
            record(engine, row, challenge)
        return len(rows) / (time.process_time() - started)


def growth(rows: list[Row], sandbox: Sandbox, n_samples: int) -> float:
    """MiB by which this process and its children grow from a tenth of so many whole records on to the last.

    Rows are taken again from the start as often as needed: by the tenth the caches of the engine should be full,
    where it is some thousands of records.
    """
    engine = SymbolicEngine(sandbox)
    tenth = max(n_samples // 10, 1)
    measured = [told_mb("at the start")]
    for number, (row, challenge, _) in enumerate(itertools.islice(itertools.cycle(rows), n_samples), start=1):
        with contextlib.suppress(Soar2CotError):  # what the program deserves: here only memory counts
            record(engine, row, challenge)
        if number % tenth == 0:
            measured.append(told_mb(f"after {number} records"))
    return measured[-1] - measured[1]


def told_mb(when: str) -> float:
    """Resident memory of this process and of its children, MiB, which is printed."""
    own, below = rss_mb("self"), sum(rss_mb(child) for child in children("self"))
    print(f"{when:>24}: {own:7.1f} MiB, children {below:6.1f} MiB", flush=True)
    return own + below


def children(process: str) -> list[str]:
    """All processes below one, by their numbers."""
    found: list[str] = []
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in listed.read_text(encoding="ascii").split():
                found += [child, *children(child)]
    return found


def rss_mb(process: str) -> float:
    """Resident memory of a process, MiB; none where it is gone."""
    with contextlib.suppress(OSError):
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 2**20
    return 0.0


def record(engine: SymbolicEngine, row: Sample, challenge: Challenge) -> None:
    """A whole record: execute, write, think, check, and follow the text on every training and test input."""
    text = engine.write_now(challenge, row.code).transformation_method
    for grid in challenge_inputs(challenge):
        follow(text, grid)


@dataclass
class Told:
    """Mutants that give other grids, those of them with another text, and an example of the rest."""

    n_changed: int = 0
    n_told: int = 0
    missed: str = ""


def mutants(rows: list[Row], sandbox: Sandbox, seed: int, most: int, kinds: list[str]) -> dict[str, Told]:
    """By kind, over up to `most` mutants of each kind and program."""
    chance = random.Random(seed)
    found = {kind: Told() for kind in kinds}
    for row, challenge, solutions in rows:
        inputs = challenge_inputs(challenge)
        outputs = [pair.output for pair in challenge.train] + list(solutions)
        for kind, told in found.items():
            for changed in mutated(row.code, kind, chance, most):
                grids = sandbox.run(Job(changed, tuple(inputs))).grids
                if None in grids or list(grids) == outputs:
                    continue
                told.n_changed += 1
                if write_method(changed, inputs, grids).text != write_method(row.code, inputs, outputs).text:
                    told.n_told += 1
                else:
                    told.missed = told.missed or str(row.key)
    return found


def records(rows: list[Row], sandbox: Sandbox) -> None:
    """Whole records, each beside its grids, as Markdown."""
    engine = SymbolicEngine(sandbox, length="short")
    for row, challenge, _ in rows:
        found = engine.write_now(challenge, row.code)
        pair = challenge.train[0]
        thought = found.chain_of_thought[0] if found.chain_of_thought else "none"
        print(f"### {row.key}\n")
        for title, text in (
            ("The first training pair, input and output", f"{render_grid(pair.input)}\n\n{render_grid(pair.output)}"),
            ("Analysis", found.input_output_analysis),
            ("Method", found.transformation_method),
            ("Chain of thought for the first test input, short", thought),
        ):
            print(f"{title}:\n\n```text\n{text}\n```\n")


def show_mutants(found: dict[str, Told]) -> None:
    """The table of mutants."""
    for kind, told in found.items():
        share = told.n_told / max(told.n_changed, 1)
        print(f"{kind:>14} {told.n_told:6d} of {told.n_changed:6d}  {share:.4f}  {told.missed}")
    n_changed, n_told = sum(told.n_changed for told in found.values()), sum(told.n_told for told in found.values())
    print(f"FIGURE symbolic.mutants {n_told / max(n_changed, 1):.4g}")


def on_one_core() -> None:
    """This process and the sandboxes that it starts share a core, where the system lets one choose."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def main() -> None:
    """Prints the table, or records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--records", type=int, default=0)
    parser.add_argument("--mutants", type=int, default=0, help="so many mutants of each kind and program, told apart")
    parser.add_argument("--kinds", nargs="+", choices=tuple(KINDS), default=list(KINDS), help="of mutants, all four")
    parser.add_argument("--only", choices=("coverage", "speed"))
    parser.add_argument("--many", type=int, default=0, help="write so many records, say what memory they take")
    given = parser.parse_args()
    on_one_core()
    # a mutant may run for ever: it is given up soon
    sandbox = open_sandbox("weak", ProgramLimits(cpu_s=2.0, wall_s=10.0) if given.mutants else ProgramLimits())
    try:
        rows = samples(given.file, given.records or given.limit, given.seed)
        if given.many:
            print(f"FIGURE symbolic.growth_mb {growth(rows, sandbox, given.many):.4g}")
            return
        if given.records:
            records(rows, sandbox)
            return
        if given.mutants:
            show_mutants(mutants(rows, sandbox, given.seed, given.mutants, given.kinds))
            return
        if given.only != "speed":
            show_coverage(coverage(rows, sandbox))
        if given.only != "coverage":
            print(f"FIGURE symbolic.samples_per_s {speed(rows, sandbox):.4g}")
    finally:
        sandbox.close()


if __name__ == "__main__":
    main()
