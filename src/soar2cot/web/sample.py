"""Everything that is known of one sample, ready to be shown."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from markupsafe import Markup
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

from soar2cot.challenge import Example, changed_cells, same_shape
from soar2cot.display.steps import Step
from soar2cot.display.svg import grid_svg
from soar2cot.ledger.base import Ledger
from soar2cot.ledger.browse import Browse, Version
from soar2cot.records import Call, ExampleScore, Failure, Grid, GuessRecord, InstructionRecord, Outcome, SampleKey
from soar2cot.soar_loader import ArcTask
from soar2cot.web.tracing import Tracer

_STEP = re.compile(r"^ *\d+(?:\.\d+)*[.)]\s", re.MULTILINE)
_OUTER_STEP = re.compile(r"^\d+[.)]\s", re.MULTILINE)
_MAX_STEPS = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of the strip: pictures, and how following the text did on it."""

    name: str
    input: Markup | None
    output: Markup
    score: ExampleScore | None


@dataclass(frozen=True, slots=True)
class Test:
    """A test input with the guesses, wrong cells ringed, and what the program gives."""

    name: str
    input: Markup | None
    wanted: Markup
    guesses: tuple[tuple[int, Markup | None, float], ...]
    thoughts: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of the method. `lines` are the program's lines that it tells of, both ends included; None: not known."""

    text: str
    lines: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class StepPicture:
    """A statement executed: pictures before and after, with the changed cells ringed."""

    step: Step
    before: Markup
    after: Markup
    n_changed: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """How the page is wanted. `steps`: `train0`, `test0` … shows the program's steps on that input, `""` none."""

    steps: str = ""
    symbols: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws grids, with or without the numbers in their cells."""

    symbols: bool

    def __call__(self, grid: Grid, label: str, *, rings: Sequence[tuple[int, int]] = ()) -> Markup:
        """SVG; it is made of numbers, and the label is escaped."""
        return Markup(grid_svg(grid, label=label, rings=rings, symbols=self.symbols))


@dataclass(frozen=True, slots=True)
class SamplePage:
    """What the template shows."""

    key: SampleKey
    record: InstructionRecord
    detail: dict[str, Any]
    train: tuple[Pair, ...]
    test: tuple[Test, ...]
    method: tuple[Sentence, ...]
    code: Markup
    steps: tuple[StepPicture, ...]
    steps_note: str
    step_choices: tuple[tuple[str, str], ...]
    step_choice: str
    calls: Sequence[Call]
    versions: Sequence[Version]
    failure: Failure | None
    before: SampleKey | None
    after: SampleKey | None


async def sample_page(
    key: SampleKey, browse: Browse, ledger: Ledger, task: ArcTask | None, tracer: Tracer, *, asked: Asked
) -> SamplePage | None:
    """Reads and prepares a sample; None where it has no result."""
    outcome = await ledger.record(key)
    if outcome is None:
        return None
    record, detail = outcome.record, _detail(outcome.record.detail)
    choices = _choices(task) if tracer.available else ()
    choice = asked.steps if asked.steps in dict(choices) else ""
    draw = Drawing(asked.symbols)
    pictures, note = await _steps(record.soar_code, choice, task, tracer, draw)
    before, after = await browse.neighbours(key)
    return SamplePage(
        key=key,
        record=record,
        detail=detail,
        train=_train(record, detail, task, draw),
        test=_test(outcome, detail, task, draw),
        method=sentences(record.transformation_method, detail),
        code=_highlighted(record.soar_code),
        steps=pictures,
        steps_note=note,
        step_choices=choices,
        step_choice=choice,
        calls=await ledger.calls(key),
        versions=await browse.versions(key),
        failure=None,
        before=before,
        after=after,
    )


def sentences(method: str, detail: Mapping[str, Any]) -> tuple[Sentence, ...]:
    """The method part by part, each with the program lines that it tells of.

    The lines are those that the engine noted when it wrote the text (`step_lines`: a pair per numbered step, of all
    steps or of the outermost alone). Where it noted none, nothing is linked: nothing is guessed.
    """
    noted = _noted_lines(detail)
    for numbered in (_STEP, _OUTER_STEP):
        starts = [match.start() for match in numbered.finditer(method)]
        if len(starts) == len(noted):
            break
    else:
        noted = [None] * len(starts)
    pieces = [method[a:b].rstrip() for a, b in zip([0, *starts], [*starts, len(method)], strict=True)]
    return tuple(Sentence(text, lines) for text, lines in zip(pieces, [None, *noted], strict=True) if text)


def _noted_lines(detail: Mapping[str, Any]) -> list[tuple[int, int] | None]:
    """What the engine noted per step, None for a step of no line; empty where it noted nothing that can be read."""
    noted = detail.get("step_lines")
    found = [_line_pair(item) for item in cast("list[Any]", noted)] if isinstance(noted, list) else []
    return found if any(found) else []


def _line_pair(item: Any) -> tuple[int, int] | None:
    match item:
        case [int(first), int(last)] if 1 <= first <= last:
            return first, last
        case _:
            return None


def _train(
    record: InstructionRecord, detail: Mapping[str, Any], task: ArcTask | None, draw: Drawing
) -> tuple[Pair, ...]:
    outputs: list[Grid] = detail.get("train_outputs") or [pair.output for pair in (task.train if task else ())]
    return tuple(
        Pair(
            name=f"Pair {i + 1}",
            input=_input(task.train if task else (), i, f"pair {i + 1}, input", draw),
            output=draw(grid, f"pair {i + 1}, output"),
            score=record.example_scores[i] if i < len(record.example_scores) else None,
        )
        for i, grid in enumerate(outputs)
    )


def _test(outcome: Outcome, detail: Mapping[str, Any], task: ArcTask | None, draw: Drawing) -> tuple[Test, ...]:
    thoughts = outcome.record.chain_of_thought
    outputs: list[Grid] = detail.get("test_outputs") or [pair.output for pair in (task.test if task else ())]
    return tuple(
        Test(
            name=f"Test {i + 1}",
            input=_input(task.test if task else (), i, f"test {i + 1}, input", draw),
            wanted=draw(grid, f"test {i + 1}, answer"),
            guesses=tuple((g.guess_number, *_guess(g, i, grid, draw)) for g in outcome.guesses),
            thoughts=thoughts[i] if i < len(thoughts) else "",
        )
        for i, grid in enumerate(outputs)
    )


def _guess(guess: GuessRecord, index: int, wanted: Grid, draw: Drawing) -> tuple[Markup | None, float]:
    grid = guess.grids[index] if index < len(guess.grids) else None
    score = guess.scores[index] if index < len(guess.scores) else 0.0
    if grid is None:
        return None, score
    wrong = changed_cells(wanted, grid) if same_shape(wanted, grid) else ()
    return draw(grid, f"guess {guess.guess_number}, {len(wrong)} cells differ", rings=wrong), score


async def _steps(
    code: str, choice: str, task: ArcTask | None, tracer: Tracer, draw: Drawing
) -> tuple[tuple[StepPicture, ...], str]:
    if not choice or task is None:
        return (), ""
    part, index = (task.train, choice[5:]) if choice.startswith("train") else (task.test, choice[4:])
    told, note = await tracer.steps(code, part[int(index)].input)
    if len(told) > _MAX_STEPS:
        note = f"The first {_MAX_STEPS} of {len(told)} steps. {note}"
    elif not told and not note:
        note = "No statement leaves another grid behind: the program changes nothing, or all at once."
    return tuple(_step_picture(step, draw) for step in told[:_MAX_STEPS]), note


def _step_picture(step: Step, draw: Drawing) -> StepPicture:
    comparable = same_shape(step.before, step.after)
    changed = changed_cells(step.before, step.after) if comparable else []
    before, after = draw(step.before, "before"), draw(step.after, "after", rings=changed)
    return StepPicture(step, before, after, len(changed) if comparable else None)


def _choices(task: ArcTask | None) -> tuple[tuple[str, str], ...]:
    """(value, label) of the inputs that the steps can be shown on."""
    if task is None:
        return ()
    train = ((f"train{i}", f"pair {i + 1}") for i in range(len(task.train)))
    return (*train, *((f"test{i}", f"test {i + 1}") for i in range(len(task.test))))


def _input(pairs: Sequence[Example], index: int, label: str, draw: Drawing) -> Markup | None:
    return draw(pairs[index].input, label) if index < len(pairs) else None


async def warm_up() -> None:
    """Loads what the first page would wait for: the highlighter builds its tables when it is first used."""
    await asyncio.to_thread(_highlighted, "def transform(grid):\n    return grid\n")


def _highlighted(code: str) -> Markup:
    """The program, a line an element with its number, escaped by the highlighter."""
    formatter: Any = cast("Any", HtmlFormatter)
    html: Any = highlight(code, PythonLexer(stripnl=False), formatter(nowrap=True))
    lines: list[str] = html.rstrip("\n").split("\n")
    numbered = (f'<span class="line" data-line="{n}">{line or " "}</span>' for n, line in enumerate(lines, 1))
    return Markup("\n".join(numbered))


def _detail(text: str) -> dict[str, Any]:
    values = orjson.loads(text)
    return cast("dict[str, Any]", values) if isinstance(values, dict) else {}
