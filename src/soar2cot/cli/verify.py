"""`soar2cot verify`: is a file what it says it is."""

from __future__ import annotations

from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from soar2cot.cli.options import json_option
from soar2cot.config import ProgramLimits
from soar2cot.display.words import counted
from soar2cot.sandbox import open_sandbox
from soar2cot.soar_loader import load_arc_tasks, open_soar
from soar2cot.verification import Findings, Verification

WORDS = {
    "equal": "give the stored grids",
    "nondeterministic": "give another grid at every try: no function of their input",
    "differs": "give another grid than the stored one",
    "failed": "fail",
    "flags": "give the stored grids, but their correct_* flags are wrong",
    "unusable": "cannot be used: the row itself is not as it must be",
}
UNLIKE = ("differs", "failed", "flags")


@click.command()
@click.argument("file", nargs=-1, required=True)
@click.option("--state", type=click.Path(path_type=Path, dir_okay=False), help="Where it notes how far it is.")
@click.option("--arc", type=click.Path(path_type=Path), help="ARC tasks in the official layout; else the library's.")
@click.option("--cpu-s", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="CPU seconds a program.")
@click.option("--repeat-every", type=click.IntRange(min=0), default=100, show_default=True, help="0: never.")
@click.option("--sandbox", "level", type=click.Choice(["full", "weak", "none"]), default="full", show_default=True)
@click.option("--i-know", is_flag=True, help="Needed with --sandbox=none: programs then run unlocked.")
@json_option
def verify(
    file: tuple[str, ...],
    *,
    state: Path | None,
    arc: Path | None,
    cpu_s: float,
    repeat_every: int,
    level: str,
    i_know: bool,
    as_json: bool,
) -> None:
    """Run every program of FILE and compare with its predicted_* and correct_* columns.

    Can be stopped at any time; the same command goes on. Every N-th program runs a second time under other seeds.
    Exit code 0 where every row is as it says (or no function of its input), else 3.
    """
    if level == "none" and not i_know:
        raise click.UsageError("--sandbox=none runs programs that nobody has read without any lock; add --i-know")
    data = open_soar(file[0] if len(file) == 1 else list(file), arc=arc)
    state = state or Path(f"{Path(file[0]).name}.verify.json")
    with open_sandbox(level, ProgramLimits(cpu_s=cpu_s, wall_s=max(60.0, 4 * cpu_s))) as sandbox:
        checking = Verification(data, load_arc_tasks(arc), sandbox, state, repeat_every=repeat_every)
        findings = _run(checking, data.n_rows, state)
    if as_json:
        click.echo(orjson.dumps(findings.as_json(), option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo("\n".join(lines(findings)))
    if not findings.clean:
        click.get_current_context().exit(3)


def _run(checking: Verification, n_rows: int, state: Path) -> Findings:
    """To the end, with a bar on stderr; stopped by hand, with the way to go on."""
    if checking.findings.rows:
        click.echo(f"{state}: going on after {counted(checking.findings.rows, 'row')}", err=True)
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("verifying", total=n_rows)
            return checking.run(lambda done: bar.update(task, completed=done))
    except KeyboardInterrupt:
        click.echo(
            f"stopped after {checking.findings.rows:,} of {counted(n_rows, 'row')}; the same command goes on", err=True
        )
        raise


def lines(findings: Findings) -> list[str]:
    """The table that people read."""
    table = [f"{n:>9,}  {WORDS[word]}" for word in WORDS if (n := findings.outcomes[word])]
    errors = [f"{n:>9,}  {kind}" for kind, n in findings.errors.most_common()]
    examples = [f"  {item['key']} (row {item['row']}): {item['why']}" for item in findings.examples]
    unlike = sum(findings.outcomes[word] for word in UNLIKE)
    again = counted(findings.repeated, "program")
    return [
        f"{counted(findings.rows, 'row')} in {findings.seconds:,.1f} s, sandbox level {findings.level}",
        f"{counted(unlike, 'row gives', 'rows give')} something else than the file says",
        *table,
        *(["failures by kind:", *errors] if errors else []),
        f"{again} ran again under other seeds, {findings.unstable:,} gave something else",
        *(["for example:", *examples] if examples else []),
    ]
