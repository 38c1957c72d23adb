"""What the symbolic engine covers, how fast it is, and whether mutants are told apart.

    python benchmarks/bench_symbolic.py FILE.parquet [--limit 200] [--seed 0] [--records 10]

CPU time of this process decides; the sandbox's children are not counted. `--records` prints whole records instead.
"""

from __future__ import annotations

import argparse
import ast
import random
import time

from soar2cot.challenge import Challenge, render_grid
from soar2cot.config import ProgramLimits
from soar2cot.engines.symbolic.coverage import Coverage
from soar2cot.engines.symbolic.engine import SymbolicEngine, challenge_inputs
from soar2cot.engines.symbolic.method import write_method
from soar2cot.records import Grid, Sample
from soar2cot.sandbox import Job, Sandbox, open_sandbox
from soar2cot.soar_loader import create_challenge_from_soar, load_arc_tasks, open_soar

_SWAPS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}


def samples(path: str, limit: int, seed: int) -> list[tuple[Sample, Challenge, tuple[Grid, ...]]]:
    """Rows by seed with their challenge and solutions."""
    tasks = load_arc_tasks()
    rows = [item for item in open_soar(path).stream() if isinstance(item, Sample)]
    chosen = random.Random(seed).sample(rows, min(limit, len(rows)))
    return [(row, *create_challenge_from_soar(row, tasks)) for row in chosen]


def coverage(rows: list[tuple[Sample, Challenge, tuple[Grid, ...]]]) -> dict[str, float]:
    """The figures of docs/symbolic.md."""
    found = Coverage()
    for row, challenge, solutions in rows:
        found.add(row.code, challenge, solutions)
    return found.figures()


def speed(rows: list[tuple[Sample, Challenge, tuple[Grid, ...]]], sandbox: Sandbox) -> float:
    """Whole records a second of CPU of this process: execute, write, follow, record, check."""
    engine = SymbolicEngine(sandbox)
    started = time.process_time()
    for row, challenge, _ in rows:
        engine.write_now(challenge, row.code)
    return len(rows) / (time.process_time() - started)


def mutant(code: str, chance: random.Random) -> str | None:
    """The program with one constant or comparison changed, None where it has none."""
    tree = ast.parse(code)
    places = [
        item
        for item in ast.walk(tree)
        if (isinstance(item, ast.Constant) and type(item.value) is int)
        or (isinstance(item, ast.Compare) and type(item.ops[0]) in _SWAPS)
    ]
    if not places:
        return None
    item = chance.choice(places)
    if isinstance(item, ast.Constant):
        item.value = item.value + 1 if isinstance(item.value, int) else item.value
    else:
        item.ops[0] = _SWAPS[type(item.ops[0])]()
    return ast.unparse(tree)


def mutants(rows: list[tuple[Sample, Challenge, tuple[Grid, ...]]], sandbox: Sandbox, seed: int) -> tuple[int, int]:
    """(mutants that give other grids, those of them with another text)."""
    chance = random.Random(seed)
    n_changed = n_told = 0
    for row, challenge, solutions in rows:
        changed = mutant(row.code, chance)
        inputs = challenge_inputs(challenge)
        outputs = [pair.output for pair in challenge.train] + list(solutions)
        if changed is None:
            continue
        grids = sandbox.run(Job(changed, tuple(inputs))).grids
        if None in grids or list(grids) == outputs:
            continue
        n_changed += 1
        n_told += write_method(changed, inputs, grids).text != write_method(row.code, inputs, outputs).text
    return n_changed, n_told


def records(rows: list[tuple[Sample, Challenge, tuple[Grid, ...]]], sandbox: Sandbox) -> None:
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


def main() -> None:
    """Prints the table, or records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--records", type=int, default=0)
    given = parser.parse_args()
    sandbox = open_sandbox("weak", ProgramLimits())
    try:
        rows = samples(given.file, given.records or given.limit, given.seed)
        if given.records:
            records(rows, sandbox)
            return
        for name, value in coverage(rows).items():
            print(f"{name:>24} {value:.4g}")
        print(f"{'records_per_cpu_s':>24} {speed(rows, sandbox):.4g}")
        n_changed, n_told = mutants(rows, sandbox, given.seed)
        print(f"{'mutants_told_apart':>24} {n_told / max(n_changed, 1):.4g} of {n_changed}")
    finally:
        sandbox.close()


if __name__ == "__main__":
    main()
