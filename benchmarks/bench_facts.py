"""Facts, claims and chains of thought: how true, how well faults are caught, how fast.

    python benchmarks/bench_facts.py                         ARC-AGI-1's 800 tasks
    python benchmarks/bench_facts.py --data FILE.parquet     and the challenges of SOAR rows in the raw schema
    python benchmarks/bench_facts.py --every 10              every tenth only
    python benchmarks/bench_facts.py --rarity                print the shares for facts/rarity.py instead

Precision: every fact that the finder proposes, chosen or not, goes through the checker. Faults: one is put into a
text (or, for a changed checkpoint, into the recorded states), and `check_text` must name something. Trails are made
by bringing a pair's changes about in three steps, the second in a turn per row.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any, TypeAlias, TypeVar, cast

import pyarrow.parquet as pq

from soar2cot.challenge import Challenge, Example, Input, check_grid, copy_grid, same_shape
from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.facts import Facts, Length, Trails, analyse, check_pair, check_text, think
from soar2cot.engines.symbolic.facts.check import holds
from soar2cot.engines.symbolic.facts.claims import Claim, States
from soar2cot.engines.symbolic.facts.find import find_all
from soar2cot.engines.symbolic.facts.find.view import Views
from soar2cot.engines.symbolic.facts.words import COLOURS
from soar2cot.errors import ChallengeError
from soar2cot.records import Grid
from soar2cot.soar_loader.arc import load_arc_tasks

LENGTHS: tuple[Length, ...] = ("short", "medium", "full")
_Found = TypeVar("_Found")
Check: TypeAlias = Callable[[str], tuple[str, ...]]


@dataclass
class Case:
    """A challenge with the outputs of its test inputs, from which a trail can be made."""

    challenge: Challenge
    outputs: list[Grid]


def arc_cases() -> Iterator[Case]:
    """The 800 tasks."""
    for task in load_arc_tasks().values():
        test = tuple(Input(pair.input) for pair in task.test)
        yield Case(Challenge(task.task_id, task.train, test), [pair.output for pair in task.test])


def soar_cases(path: Path) -> Iterator[Case]:
    """The challenge of each row: its task with the outputs that its program predicted."""
    tasks = {case.challenge.task_id: case.challenge for case in arc_cases()}
    rows = cast("list[dict[str, Any]]", pq.read_table(path).to_pylist())
    for row in rows:
        task = tasks[row["task_id"]]
        try:
            made = [check_grid(grid, where="train") for grid in row["predicted_train_output"]]
            outputs = [check_grid(grid, where="test") for grid in row["predicted_test_output"]]
        except ChallengeError:
            continue
        train = tuple(Example(pair.input, grid) for pair, grid in zip(task.train, made, strict=True))
        yield Case(Challenge(task.task_id, train, task.test), outputs)


def trail(before: Grid, after: Grid) -> tuple[Checkpoint, ...]:
    """The change brought about in steps: the upper half at once, the rest in a turn per row, then a look."""
    look = Checkpoint(3, "Stop when no cell is left to change.", after, after, (f"{len(after)} rows",))
    if not same_shape(before, after):
        return Checkpoint(1, "Take the part that the rule names.", before, after), look
    half = len(before) // 2
    grid = [*copy_grid(after)[:half], *copy_grid(before)[half:]]
    points = [Checkpoint(1, "Change the upper half.", before, grid, ("the upper half",))]
    for row in range(half, len(before)):
        turned = [*grid[:row], after[row], *grid[row + 1 :]]
        points.append(Checkpoint(2, "Change each row of the lower half, from the top to the bottom.", grid, turned))
        grid = turned
    return (*points, look)


def trails_of(case: Case) -> Trails:
    """Made trails for the pair that is shown as a check and for every test input."""
    pair = check_pair(case.challenge)
    shown = case.challenge.train[pair]
    tests = zip(case.challenge.test, case.outputs, strict=True)
    return Trails(pair, trail(shown.input, shown.output), tuple(trail(item.input, out) for item, out in tests))


# faults


_WORD = re.compile(r"\b(" + "|".join(sorted(COLOURS, key=len, reverse=True)) + r")( \(\d\))?\b")
_NUMBER = re.compile(r"\b\d+\b(?!\))")
_OPPOSITE = {
    "left": "right", "right": "left", "top": "bottom", "bottom": "top", "rows": "columns", "columns": "rows",
    "up": "down", "down": "up", "row": "column", "column": "row", "more": "fewer", "fewer": "more",
    "largest": "smallest", "smallest": "largest", "most": "least", "high": "wide", "wide": "high",
}  # fmt: skip
_SIDE = re.compile(r"\b(" + "|".join(_OPPOSITE) + r")\b")


def wrong_colour(text: str, dice: random.Random) -> str | None:
    """One colour named as another, its integer with it."""

    def other(match: re.Match[str]) -> str:
        colour = dice.choice([c for c in range(10) if COLOURS[c] != match.group(1)])
        return COLOURS[colour] + (f" ({colour})" if match.group(2) else "")

    return _one(_WORD, text, dice, other)


def off_by_one(text: str, dice: random.Random) -> str | None:
    """One number, size or count or cell of a grid, one higher or lower."""
    return _one(_NUMBER, text, dice, lambda match: str(abs(int(match.group()) + dice.choice((-1, 1)))))


def swapped(text: str, dice: random.Random) -> str | None:
    """One word for a side, an axis or a rank turned into its opposite."""
    return _one(_SIDE, text, dice, lambda match: _OPPOSITE[match.group()])


def _one(pattern: re.Pattern[str], text: str, dice: random.Random, new: Callable[[re.Match[str]], str]) -> str | None:
    found = list(pattern.finditer(text))
    if not found:
        return None
    match = dice.choice(found)
    return text[: match.start()] + new(match) + text[match.end() :]


def step_dropped(text: str, dice: random.Random) -> str | None:
    """One step of the check, of the rule or of the test left out, with what stands below it."""
    lines = text.split("\n")
    starts = [k for k, line in enumerate(lines) if re.match(r"(Steps? )?\d+( to \d+)?[.:] ", line)]
    if not starts:
        return None
    first = dice.choice(starts)
    last = first + 1
    while (
        last < len(lines)
        and lines[last]
        and not re.match(r"(Steps? \d|Compared with|The result|\d+\. |Test)", lines[last])
    ):
        last += 1
    return "\n".join(lines[:first] + lines[last:])


def changed_checkpoint(trails: Trails, dice: random.Random) -> Trails:
    """The same trails but for one cell after one step of the first test input."""
    points = list(trails.tests[0])
    place = dice.randrange(len(points))
    after = copy_grid(points[place].after)
    row = dice.choice(after)
    column = dice.randrange(len(row))
    row[column] = (row[column] + dice.randrange(1, 10)) % 10
    point = points[place]
    points[place] = Checkpoint(point.step, point.sentence, point.before, after, point.notes)
    return Trails(trails.pair, trails.check, (tuple(points), *trails.tests[1:]))


TEXT_FAULTS = {"wrong colour": wrong_colour, "off by one": off_by_one, "side or rank swapped": swapped}


# measuring


@dataclass
class Figures:
    """What was counted."""

    challenges: int = 0
    facts: Counter[str] = field(default_factory=Counter)
    false_facts: Counter[str] = field(default_factory=Counter)
    texts: int = 0
    false_texts: int = 0
    seeded: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    cpu_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    words: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def measure(cases: list[Case], *, faults: int) -> Figures:
    """Everything over all cases; `faults` of each kind per text."""
    figures = Figures(challenges=len(cases))
    for case in cases:
        precision(case, figures)
        try:
            written(case, figures, faults)
        except Exception as error:  # noqa: BLE001 (counted and shown)
            figures.errors.append(f"{case.challenge.task_id}: {type(error).__name__}: {error}")
    return figures


def precision(case: Case, figures: Figures) -> None:
    """Every proposal of the finder, judged by the checker."""
    states = States(case.challenge)
    for claim in find_all(Views(case.challenge)):
        figures.facts[claim.predicate] += 1
        figures.false_facts[claim.predicate] += not holds(claim, states)


def written(case: Case, figures: Figures, faults: int) -> None:
    """The texts: their time, their truth read back, the faults put into them."""
    challenge, trails = case.challenge, trails_of(case)
    timed(figures, "both, medium (one Facts)", lambda: both(challenge, trails))
    text = timed(figures, "analyse", lambda: analyse(challenge))
    judge(figures, "analysis", text, lambda changed: check_text(changed, challenge), challenge.task_id, faults)
    for length in LENGTHS:
        thoughts = timed(figures, f"think {length}", partial(think, challenge, trails, length))
        for index, thought in enumerate(thoughts[:1]):
            check = partial(check_text, challenge=challenge, trails=trails, test=index)
            judge(figures, f"thought {length}", thought, check, challenge.task_id, faults)
            structure(figures, thought, challenge, trails, faults)


def both(challenge: Challenge, trails: Trails) -> None:
    """Analysis and chains of thought as the engine asks for them."""
    facts = Facts(challenge)
    analyse(facts)
    think(facts, trails, "medium")


def timed(figures: Figures, name: str, act: Callable[[], _Found]) -> _Found:
    """What `act` gives; its CPU time is added up."""
    start = time.process_time()
    result = act()
    figures.cpu_s[name] += time.process_time() - start
    return result


def judge(figures: Figures, name: str, text: str, check: Check, task: str, faults: int) -> None:
    """A text that must pass, and the same with a fault, which must not."""
    figures.texts += 1
    figures.words[name] += len(text.split("Answer:")[0].split())
    if problems := timed(figures, f"check_text {name}", lambda: check(text)):
        figures.false_texts += 1
        figures.errors.append(f"{task}: {name}: {problems[0]}")
    dice = random.Random(f"{task} {name}")
    for kind, damage in TEXT_FAULTS.items():
        for _ in range(faults):
            changed = damage(text, dice)
            if changed is not None and changed != text:
                note(figures, kind, bool(check(changed)), text, changed)


def structure(figures: Figures, text: str, challenge: Challenge, trails: Trails, faults: int) -> None:
    """Steps left out of the text, and cells changed in the recorded states."""
    dice = random.Random(f"{challenge.task_id} structure")
    for _ in range(faults):
        dropped = step_dropped(text, dice)
        if dropped is not None:
            note(figures, "step dropped", bool(check_text(dropped, challenge, trails)), text, dropped)
        other = changed_checkpoint(trails, dice)
        note(figures, "checkpoint changed", bool(check_text(text, challenge, other)), text, text)


def note(figures: Figures, kind: str, caught: bool, text: str, changed: str) -> None:
    """One seeded fault, caught or not."""
    figures.seeded[kind] += 1
    figures.caught[kind] += caught
    if not caught:
        old, new = text.split("\n"), changed.split("\n")
        line = next((f"{a} → {b}" for a, b in zip(old, new, strict=False) if a != b), "(states)")
        figures.missed.append(f"{kind}: {line}")


def show(name: str, figures: Figures, *, verbose: bool) -> None:
    """The table of one set."""
    n_facts, n_false = sum(figures.facts.values()), sum(figures.false_facts.values())
    print(f"\n{name}: {figures.challenges} challenges")
    print(f"  facts proposed                 {n_facts:7d}   false {n_false}   precision {1 - n_false / n_facts:.4%}")
    print(f"  texts read back                {figures.texts:7d}   with a fault {figures.false_texts}")
    for kind, n in figures.seeded.items():
        print(f"  caught: {kind:22s} {figures.caught[kind]:7d} of {n:6d}   {figures.caught[kind] / n:8.2%}")
    all_seeded = max(1, sum(figures.seeded.values()))
    print(f"  caught: all                    {sum(figures.caught.values()) / all_seeded:8.2%}")
    print(f"FIGURE symbolic.claim_precision {1 - n_false / n_facts:.6g}")
    print(f"FIGURE symbolic.faults_caught {sum(figures.caught.values()) / all_seeded:.6g}")
    for kind, seconds in figures.cpu_s.items():
        print(f"  CPU: {kind:27s} {1000 * seconds / figures.challenges:6.2f} ms a challenge")
    for kind, n in figures.words.items():
        print(f"  words: {kind:25s} {n / figures.challenges:6.0f} a text")
    print(f"  errors                         {len(figures.errors)}")
    for line in [*figures.errors[:10], *(figures.missed[:: max(1, len(figures.missed) // 40)] if verbose else [])]:
        print(f"    {line}")


def rarity(cases: list[Case]) -> None:
    """The shares as they stand in facts/rarity.py: of the predicate, and of the claim with its very arguments."""
    kinds: Counter[str] = Counter()
    claims: Counter[Claim] = Counter()
    for case in cases:
        found = set(find_all(Views(case.challenge)))
        claims.update(found)
        kinds.update({claim.predicate for claim in found})
    exact: dict[str, list[int]] = {}
    for claim, n in claims.items():
        exact.setdefault(claim.predicate, []).extend([n] * n)
    shares = {name: (n * mean(exact[name])) ** 0.5 / len(cases) for name, n in kinds.items()}
    for name, share in sorted(shares.items(), key=lambda item: (item[1], item[0])):
        print(f'    "{name}": {share:.4f},')


def main() -> None:
    """Reads the flags, prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a parquet file in SOAR's raw schema")
    parser.add_argument("--every", type=int, default=1, help="take every n-th challenge")
    parser.add_argument("--faults", type=int, default=2, help="seeded faults of each kind per text")
    parser.add_argument("--rarity", action="store_true", help="print the share of tasks of which each fact is true")
    parser.add_argument("--verbose", action="store_true", help="show faults that were missed")
    flags = parser.parse_args()
    if flags.rarity:
        rarity(list(arc_cases()))
        return
    show("ARC-AGI-1", measure(list(arc_cases())[:: flags.every], faults=flags.faults), verbose=flags.verbose)
    if flags.data:
        cases = list(soar_cases(flags.data))[:: flags.every]
        show(flags.data.name, measure(cases, faults=flags.faults), verbose=flags.verbose)


if __name__ == "__main__":
    main()
