"""What models are asked, in this project's own words.

Order serves prefix caches: what most calls share stands first, byte for byte the same. All calls of one author begin
with the same system text, pairs and program; all calls that follow one text begin with that text, then the pairs in
their order. Change a word and `PROMPT_VERSION` with it: the journal tells prompts apart by their bytes, people by this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soar2cot.challenge import Challenge, Example, render_diff, render_grid
from soar2cot.engines.base import Attempt, Followed, FollowQuestion, Question
from soar2cot.records import Grid, Instructions

PROMPT_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A conversation of one turn, and the grids in it, for pictures, in order of appearance."""

    verb: str
    system: str
    user: str
    grids: tuple[Grid, ...] = ()


AUTHOR = """\
You write instructions for a reader who solves puzzles on grids by hand. A grid has 1 to 30 rows and columns; each \
cell holds a colour, written as a digit from 0 to 9. One unknown rule turns every input grid of a puzzle into its \
output grid.
You are shown pairs of input and output, and a Python program that carries out the rule. The reader never sees the \
program and knows nothing of programming: no code, no variable names, no indices from zero. Name what one sees: \
objects, colours (by their digits), borders, holes, symmetries, counts, directions; rows from the top, columns from \
the left, both counted from 1.
The reader applies your text to inputs that you have not seen. State the rule, never the answers: nothing that is true \
of one shown grid alone. Say how the size of the output is found, what decides each choice, in which order things are \
done, and what happens where two cases meet."""

WRITE_TASK = """\
Write two texts.
input_output_analysis: what the inputs have in common, what the outputs have in common, what changes from one to the \
other and what stays.
transformation_method: numbered steps that turn any input of this puzzle into its output, complete without the program \
and without the pairs."""

REVISE_TASK = """\
First find out why the reader went wrong: what in the text was missing, ambiguous, or not what the program does. Put \
that into reasoning_for_why_old_instructions_are_wrong. Then write revised_instructions: the whole text anew, complete \
in itself, in numbered steps; keep what worked."""

POOL_TASK = """\
Compare the texts: where did each lead its reader right, where wrong, and why? Put that into \
reasoning_for_why_old_instructions_are_wrong. Then write revised_instructions: one text, complete in itself, in \
numbered steps, that joins what worked in each."""

READER = """\
You solve puzzles on grids by hand. A grid has 1 to 30 rows and columns; each cell holds a colour, written as a digit \
from 0 to 9; a line of digits is a row. You are given instructions, pairs of input and output that show them at work, \
or both, and one input grid. Work through them step by step, cell by cell, and give the output grid of that input: all \
rows, from the top, each with the same number of cells. Rows and columns are counted from 1."""

BARE = "Do not explain and do not think at length: give the JSON object at once."


def write_prompt(question: Question) -> Prompt:
    """Asks for an analysis and a method, from the pairs and the program."""
    return Prompt("write", AUTHOR, f"{_puzzle(question)}\n\n{WRITE_TASK}", _grids(question.challenge.train))


def revise_prompt(question: Question, attempt: Attempt, *, use_diffs: bool) -> Prompt:
    """Asks for a better text, from what one text led its reader to."""
    told = _attempt(question.challenge, attempt, use_diffs=use_diffs)
    user = f"{_puzzle(question)}\n\nA text that was tried:\n\n{told}\n\n{REVISE_TASK}"
    return Prompt("revise", AUTHOR, user, _grids(question.challenge.train))


def pool_prompt(question: Question, attempts: Sequence[Attempt], *, use_diffs: bool) -> Prompt:
    """Asks for one text from several, the best first."""
    told = "\n\n".join(
        f"Text {number}:\n\n{_attempt(question.challenge, attempt, use_diffs=use_diffs)}"
        for number, attempt in enumerate(attempts, 1)
    )
    user = f"{_puzzle(question)}\n\nTexts that were tried, the best first:\n\n{told}\n\n{POOL_TASK}"
    return Prompt("pool", AUTHOR, user, _grids(question.challenge.train))


def follow_prompt(question: FollowQuestion) -> Prompt:
    """Asks for the output of one grid, which stands last."""
    parts = [_instructions(question.instructions)] if question.instructions else []
    parts += [_pairs(question.examples)] if question.examples else []
    parts.append(f"Give the output of this input, {_shown(question.input)}")
    return Prompt("follow", READER, "\n\n".join(parts), (*_grids(question.examples), question.input))


def _puzzle(question: Question) -> str:
    code = question.code.strip("\n")
    return f"{_pairs(question.challenge.train)}\n\nThe program:\n```python\n{code}\n```"


def _pairs(pairs: Sequence[Example]) -> str:
    return "\n\n".join(f"Pair {number}\n{_pair(pair)}" for number, pair in enumerate(pairs, 1))


def _pair(pair: Example) -> str:
    (_, before, after), source, result = pair.written, pair.input, pair.output
    return f"input, {len(source)} x {len(source[0])}:\n{before}\noutput, {len(result)} x {len(result[0])}:\n{after}"


def _instructions(text: Instructions) -> str:
    return f"Instructions:\n\n{text.input_output_analysis}\n\n{text.transformation_method}".rstrip()


def _attempt(challenge: Challenge, attempt: Attempt, *, use_diffs: bool) -> str:
    results = "\n\n".join(
        f"Pair {number}: {_result(followed, pair, use_diffs=use_diffs)}"
        for number, (followed, pair) in enumerate(zip(attempt.followed, challenge.train, strict=True), 1)
    )
    return (
        f"{_instructions(attempt.instructions)}\n\n"
        f"What a reader who saw this text and the other pairs made of each input:\n\n{results}"
    )


def _result(followed: Followed, pair: Example, *, use_diffs: bool) -> str:
    if followed.grid is None:
        return f"no grid ({followed.error or 'no reason given'})"
    if followed.grid == pair.output:
        return "right"
    if use_diffs:
        return f"wrong; each wrong cell is shown as given->right:\n{render_diff(followed.grid, pair.output)}"
    return f"wrong; this was given, {_shown(followed.grid)}"


def _shown(grid: Grid) -> str:
    return f"{len(grid)} x {len(grid[0])}:\n{render_grid(grid)}"


def _grids(pairs: Sequence[Example]) -> tuple[Grid, ...]:
    return tuple(grid for pair in pairs for grid in (pair.input, pair.output))
