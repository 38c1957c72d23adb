"""`soar2cot explain`: one program in words, or how much of a data set can be put into words."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from soar2cot.cli.options import json_option
from soar2cot.errors import Soar2CotError

if TYPE_CHECKING:
    from soar2cot.challenge import Challenge
    from soar2cot.engines.symbolic.coverage import Coverage
    from soar2cot.records import Grid
    from soar2cot.sandbox.base import Sandbox

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_LABELS = {
    "programs": "programs",
    "reproduced": "followed from the text alone, every grid comes out",
    "no_literal_code": "no literal code in the method",
    "events_inside_idioms": "line events inside a confirmed idiom, of all events",
    "events_inside_idioms_program": "line events inside a confirmed idiom, mean over programs",
    "words_p25": "words of a method, first quartile",
    "words_median": "words of a method, median",
    "words_p75": "words of a method, third quartile",
    "three_to_eight_steps": "3 to 8 numbered steps",
    "sentence_words_median": "words of a sentence, median",
    "short_sentences": "sentences of at most 20 words",
    "only_short_sentences": "methods of sentences of at most 20 words alone",
    "nothing_forbidden": "no coordinate, identifier, example number or word about programs in the method",
    "explainer_failures": "programs at which the explainer itself failed",
    "write_cpu_s": "writing, CPU seconds a program",
    "follow_cpu_s": "following on every grid, CPU seconds a program",
    "slowest_cpu_s": "writing and following the slowest program, CPU seconds",
}
_COUNTS = ("programs", "words", "sentence_words", "explainer")  # how the names of what is no share begin


@click.command(context_settings={"show_default": True})
@click.argument("program", required=False, type=_FILE)
@click.option("--task-id", help="The ARC task whose grids the program is run on.")
@click.option(
    "--debug", is_flag=True, help="Show the systematic text, the passes kept and refused, and every checkpoint."
)
@click.option("--coverage", type=_FILE, help="A SOAR file: print how many of its programs can be said and followed.")
@click.option("--limit", type=click.IntRange(min=1), help="With --coverage: a random part of this many rows.")
@click.option("--seed", type=int, default=0, help="With --limit: which part.")
@click.option("--arc", type=click.Path(path_type=Path, exists=True), help="The ARC tasks, by default the library's.")
@json_option
def explain(
    program: Path | None,
    task_id: str | None,
    coverage: Path | None,
    limit: int | None,
    seed: int,
    arc: Path | None,
    *,
    debug: bool,
    as_json: bool,
) -> None:
    """Put PROGRAM into words with the symbolic engine, on the grids of one ARC task.

    With --coverage, measure it on a whole file instead and list what most often has no words yet.
    """
    if (program is None) == (coverage is None):
        raise click.UsageError("give PROGRAM.py with --task-id, or --coverage FILE.parquet")
    try:
        if coverage is not None:
            _print_coverage(_cover(coverage, limit, seed, arc), as_json=as_json)
        elif program is not None:
            if task_id is None:
                raise click.UsageError("PROGRAM.py needs --task-id: the program is confirmed on that task's grids")
            _explain(program.read_text(encoding="utf-8"), task_id, arc, debug=debug, as_json=as_json)
    except Soar2CotError as error:
        raise click.ClickException(str(error)) from error


def _cover(path: Path, limit: int | None, seed: int, arc: Path | None) -> Coverage:
    from soar2cot.config import ProgramLimits
    from soar2cot.engines.symbolic.coverage import Coverage
    from soar2cot.records import Sample
    from soar2cot.sandbox import open_sandbox
    from soar2cot.soar_loader import create_challenge_from_soar, load_arc_tasks, open_soar

    tasks = load_arc_tasks(arc)
    samples = [item for item in open_soar(str(path)).stream() if isinstance(item, Sample)]
    if limit is not None and limit < len(samples):
        samples = random.Random(seed).sample(samples, limit)  # a chosen seed, so that figures can be repeated
    sandbox = open_sandbox("full", ProgramLimits())
    try:
        found = Coverage(sandbox)
        for sample in samples:
            challenge, solutions = create_challenge_from_soar(sample, tasks)
            found.add(sample.code, challenge, solutions)
    finally:
        sandbox.close()
    return found


def _print_coverage(found: Coverage, *, as_json: bool) -> None:
    if as_json:
        value = {
            **found.figures(),
            "reasons": dict(found.reasons),
            "missing": dict(found.missing),
            "forbidden": dict(found.forbidden),
            "regions": [[count, found.examples[form]] for form, count in found.regions.most_common(25)],
            "failures": found.failures,
        }
        click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
        return
    for name, value in found.figures().items():
        seconds, count = name.endswith("_s"), name.startswith(_COUNTS)
        shown = f"{value:.3f}" if seconds else f"{value:.0f}" if count else f"{value:.1%}"
        click.echo(f"{shown:>8}  {_LABELS[name]}")
    click.echo("\nwhy a grid did not come out")
    for reason, count in found.reasons.most_common(15):
        click.echo(f"{count:>8}  {reason}")
    click.echo("\nwhat has no words yet, by programs")
    for construct, count in found.missing.most_common(25):
        click.echo(f"{count:>8}  {construct}")
    click.echo("\nwhat should not stand in a method, by programs")
    for kind, count in found.forbidden.most_common():
        click.echo(f"{count:>8}  {kind}")
    click.echo("\nloops that no idiom names, by programs, each with an example")
    for form, count in found.regions.most_common(15):
        click.echo(f"{count:>8}  {' '.join(found.examples[form].split())[:200]}")
    for failure in found.failures:
        click.echo(f"failed: {failure}")


def _explain(code: str, task_id: str, arc: Path | None, *, debug: bool, as_json: bool) -> None:
    from soar2cot.config import ProgramLimits
    from soar2cot.engines.symbolic.engine import SymbolicEngine
    from soar2cot.sandbox import open_sandbox

    sandbox = open_sandbox("full", ProgramLimits())
    try:
        challenge = _challenge(code, task_id, arc, sandbox)
        found = SymbolicEngine(sandbox).write_now(challenge, code)
    finally:
        sandbox.close()
    if as_json:
        value = {
            "input_output_analysis": found.input_output_analysis,
            "transformation_method": found.transformation_method,
            "chain_of_thought": found.chain_of_thought,
            "unnamed": found.unnamed,
        }
        click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
        return
    click.echo(f"{found.input_output_analysis}\n\n{found.transformation_method}\n")
    click.echo("\n\n".join(found.chain_of_thought))
    if debug:
        _debug(code, challenge, found.transformation_method)


def _challenge(code: str, task_id: str, arc: Path | None, sandbox: Sandbox) -> Challenge:
    """The task with the outputs that the program itself gives: it is explained, not judged."""
    from soar2cot.challenge import Challenge, Example, Input
    from soar2cot.sandbox.base import Job
    from soar2cot.soar_loader import load_arc_tasks

    task = load_arc_tasks(arc).get(task_id)
    if task is None:
        raise click.ClickException(f"task {task_id}: no such ARC task; give another --task-id or --arc")
    inputs = [pair.input for pair in task.train]
    results = sandbox.run(Job(code, tuple(inputs))).results
    pairs: list[Example] = []
    for number, (grid, result) in enumerate(zip(inputs, results, strict=True), start=1):
        if result.grid is None or result.failed is not None:
            kind, message = (result.failed.kind, result.failed.message) if result.failed else ("no_grid", "nothing")
            raise click.ClickException(
                f"task {task_id}: the program failed on training input {number} ({kind}: "
                f"{message}); only programs that give grids can be explained"
            )
        pairs.append(Example(grid, result.grid))
    return Challenge(task_id, tuple(pairs), tuple(Input(pair.input) for pair in task.test))


def _debug(code: str, challenge: Challenge, text: str) -> None:
    from soar2cot.engines.symbolic.engine import challenge_inputs
    from soar2cot.engines.symbolic.follow.follower import follow
    from soar2cot.engines.symbolic.method import report

    inputs = challenge_inputs(challenge)
    outputs: list[Grid | None] = [pair.output for pair in challenge.train]
    outputs += [None] * (len(inputs) - len(outputs))
    told = report(code, inputs, outputs)
    click.echo(f"\n--- the systematic text\n{told.systematic}")
    click.echo(f"\n--- passes that changed it, each confirmed on every grid\n{', '.join(told.kept) or 'none'}")
    click.echo(f"\n--- passes refused, because a grid came out otherwise\n{', '.join(told.refused) or 'none'}")
    click.echo("\n--- checkpoints on the first training input")
    for point in follow(text, inputs[0], record=True).trail:
        changed = "changes" if point.before != point.after else "changes nothing"
        click.echo(f"step {point.step} {changed}; {'; '.join(point.notes)}")
