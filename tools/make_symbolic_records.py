"""Writes the records and failures of docs/symbolic.md anew, drawn by a seed.

    python tools/make_symbolic_records.py [--data FILE.parquet] [--seed 7]

The ten records come from the sample that ships. `--data` also draws five programs of that file whose text alone does
not give every grid of theirs: with it the part on failures is written anew, else it stays.
"""

from __future__ import annotations

import argparse
import random
import re
from pathlib import Path

from soar2cot.challenge import Challenge, render_grid
from soar2cot.config import ProgramLimits
from soar2cot.engines.symbolic.engine import SymbolicEngine, challenge_inputs
from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.method import write_method
from soar2cot.records import Grid, Sample
from soar2cot.sandbox import open_sandbox
from soar2cot.soar_loader import create_challenge_from_soar, load_arc_tasks, open_soar

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "symbolic.md"
SAMPLE = ROOT / "src" / "soar2cot" / "sample" / "sample.parquet"
N_RECORDS, N_FAILURES = 10, 5
MAX_SHOWN = 400
NOT_FOLLOWED = ("o literally", "by chance")  # words of passages that no follower runs
Row = tuple[Sample, Challenge, tuple[Grid, ...]]


def rows_of(path: str, seed: int) -> list[Row]:
    """All rows of a file with their challenges and solutions, in an order drawn by the seed."""
    tasks = load_arc_tasks()
    rows = [item for item in open_soar(path).stream() if isinstance(item, Sample)]
    random.Random(seed).shuffle(rows)
    return [(row, *create_challenge_from_soar(row, tasks)) for row in rows]


def records(rows: list[Row]) -> str:
    """Whole records, each beside its grids."""
    sandbox = open_sandbox("weak", ProgramLimits())
    try:
        engine = SymbolicEngine(sandbox, length="short")
        return "\n".join(_record(engine, row) for row in rows[:N_RECORDS])
    finally:
        sandbox.close()


def _record(engine: SymbolicEngine, row: Row) -> str:
    sample, challenge, _ = row
    found = engine.write_now(challenge, sample.code)
    pair = challenge.train[0]
    parts = (
        ("The first training pair, input and output", f"{render_grid(pair.input)}\n\n{render_grid(pair.output)}"),
        ("Analysis", found.input_output_analysis),
        ("Method", found.transformation_method),
        ("Chain of thought for the first test input, short", (found.chain_of_thought or ("none",))[0]),
    )
    return f"### {sample.key}\n\n" + "".join(f"{title}:\n\n```text\n{text}\n```\n\n" for title, text in parts)


def failures(rows: list[Row]) -> str:
    """Programs whose text does not give every grid: the key, what the follower said, and the passage it is about."""
    found: list[str] = []
    for sample, challenge, solutions in rows:
        inputs = challenge_inputs(challenge)
        outputs = [pair.output for pair in challenge.train] + list(solutions)
        text = write_method(sample.code, inputs, outputs).text
        followed = (follow(text, grid) for grid in inputs)
        wrong = next((item for item, wanted in zip(followed, outputs, strict=True) if item.grid != wanted), None)
        if wrong is not None:
            found.append(_failure(str(sample.key), text, wrong.error or "another grid than the program's"))
        if len(found) == N_FAILURES:
            break
    return "\n".join(found)


def _failure(key: str, text: str, error: str) -> str:
    passage = next((line.strip() for line in text.splitlines() if any(words in line for words in NOT_FOLLOWED)), "")
    shown = passage if len(passage) <= MAX_SHOWN else f"{passage[:MAX_SHOWN]} …"
    quoted = f"\n\n```text\n{shown}\n```" if shown else ""
    return f"**{key}**: {error}.{quoted}\n"


def put(page: str, part: str, text: str) -> str:
    """The page with `text` between the marks of `part`.

    Raises: ValueError: the page has no such marks.
    """
    pattern = re.compile(
        rf"(<!-- {part}: made by tools/make_symbolic_records.py -->\n).*?(<!-- end of {part} -->)", re.S
    )
    if pattern.search(page) is None:
        raise ValueError(
            f"{PAGE.name} has no marks for {part}; put `<!-- {part}: … -->` and `<!-- end of {part} -->` in"
        )
    return pattern.sub(lambda match: f"{match[1]}\n{text.strip()}\n\n{match[2]}", page)


def main() -> None:
    """Writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="a file in which failures are looked for")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    page = put(PAGE.read_text(), "records", records(rows_of(str(SAMPLE), given.seed)))
    if given.data:
        page = put(page, "failures", failures(rows_of(given.data, given.seed)))
    PAGE.write_text(page)


if __name__ == "__main__":
    main()
