"""Command lines in the docs that no test runs: how many there are, why, and that each names what exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from soar2cot.cli import COMMANDS, cli

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
LINE = re.compile(r"^(?: {4})?(?:\$ )?((?:\w+=\S+ )*soar2cot [a-z]+\b[^#\n|&;]*)", re.MULTILINE)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def lines(page: Path) -> list[list[str]]:
    """Every `soar2cot …` that is shown in a block, as words; `\\` at the end of a line goes on."""
    text = page.read_text().replace("\\\n", " ")
    fenced = "\n".join(found["body"] for found in FENCE.finditer(text))
    indented = "\n".join(re.findall(r"^ {4}\S.*$", FENCE.sub("", text), re.MULTILINE))
    shown = [found.strip() for found in LINE.findall(f"{fenced}\n{indented}")]
    return [words for line in shown if (words := _words(line)) and words[1] in COMMANDS]


def _words(line: str) -> list[str]:
    try:
        words = shlex.split(line)
    except ValueError:
        return []
    while words and "=" in words[0]:
        words.pop(0)
    return words


def options(words: list[str]) -> tuple[str, set[str]]:
    """The command that the words call, and the options that it knows."""
    context = click.Context(cli)
    command = cli.get_command(context, words[1])
    assert command is not None, words
    path = words[1]
    if isinstance(command, click.Group) and len(words) > 2 and (found := command.get_command(context, words[2])):
        command, path = found, f"{path} {words[2]}"
    known = {flag for param in command.params for flag in (*param.opts, *param.secondary_opts)}
    return path, known | {"--help"}


@pytest.mark.parametrize("page", [page for page in PAGES if lines(page)], ids=name)
def test_every_command_line_that_is_shown_names_options_that_exist(page: Path) -> None:
    for words in lines(page):
        path, known = options(words)
        given = {word.partition("=")[0] for word in words[2:] if word.startswith("--")}
        assert given <= known, f"{name(page)}: soar2cot {path} has no {', '.join(sorted(given - known))}"


# Why a block of commands is not run: it needs what a test machine lacks. A new one is a decision, made here.
NOT_RUN = {
    "CONTRIBUTING.md": (1, "a clone, and the tests themselves"),
    "README.ko.md": (4, "README.md shows the same blocks"),
    "README.md": (4, "a clone and its environment; the program that is shown"),
    "docs/export.md": (1, "a data set of one's own; test_export_dataset.py opens every view"),
    "docs/howto.md": (1, "a model to be downloaded"),
    "docs/symbolic.md": (2, "an own program and an own text: test_symbolic_method_explain.py runs `explain`"),
}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_of_commands_is_run_or_is_counted_with_a_reason(page: Path) -> None:
    infos = [found["info"].split() or [""] for found in FENCE.finditer(page.read_text())]
    shown = [info for info in infos if info[0] in {"bash", "console", "python", "sh"}]
    left_out = [info for info in shown if "run" not in info and not any(word.startswith("with=") for word in info)]
    assert len(left_out) == NOT_RUN.get(name(page), (0, ""))[0], "mark it `run`, or count it in NOT_RUN with the reason"
