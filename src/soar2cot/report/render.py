"""Figures as one HTML file, or as Markdown. Neither loads anything from anywhere; all text is escaped."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from soar2cot.challenge import changed_cells, same_shape
from soar2cot.display import words
from soar2cot.display.svg import bar_chart, grid_svg, line_chart, scatter_chart
from soar2cot.display.theme import ARC
from soar2cot.records import Grid
from soar2cot.report.figures import Example, Group, RunFigures

_N_GROUPS = 20
_SHORT_S = 120  # a picture of a shorter time names seconds


def as_html(runs: Sequence[RunFigures]) -> str:
    """One file: pictures and style inside, no script, nothing from elsewhere."""
    template = _templates().get_template("report.html")
    style = (resources.files("soar2cot.report") / "templates" / "report.css").read_text(encoding="utf-8")
    colours = "".join(f".c{n}{{fill:{colour}}}" for n, colour in enumerate(ARC))
    return template.render(runs=runs, style=Markup(style + colours), **_tools())


def as_markdown(runs: Sequence[RunFigures]) -> str:
    """Tables and words; pictures need the HTML."""
    summary = [[name, *map(_cell, values)] for name, *values in _summary(runs)]
    parts = ["# soar2cot report", "", *_table([["", *(_cell(run.name) for run in runs)], *summary])]
    for run in runs:
        parts += ["", f"## {_cell(run.name)}"]
        for title, groups in grouped(run).items():
            parts += ["", f"### {title}", "", *_table([_HEAD, *(_row(name, group) for name, group in groups.items())])]
        if run.failures:
            failures = [[_cell(why), f"{n:,}"] for why, n in run.failures.items()]
            parts += ["", "### Failures", "", *_table([["reason", "samples"], *failures])]
    return "\n".join(parts) + "\n"


def grouped(run: RunFigures) -> dict[str, dict[str, Group]]:
    """The tables of a run: title → name → sums, the largest groups first."""
    tables: dict[str, Mapping[str, Group]] = {
        "By kind": run.by_kind,
        "By who wrote the text": run.by_writer,
        "By who wrote the program": run.by_source,
    }
    return {
        title: dict(sorted(groups.items(), key=lambda item: (-item[1].n, item[0]))[:_N_GROUPS])
        for title, groups in tables.items()
    }


_HEAD = ["", "results", "mean score", "score 1", "test solved", "lift"]


def _row(name: str, group: Group) -> list[str]:
    return [
        _cell(name),
        f"{group.n:,}",
        number(group.mean_score),
        words.share(group.perfect, group.n),
        words.share(group.test_solved, group.n),
        number(group.mean_lift),
    ]


def _summary(runs: Sequence[RunFigures]) -> list[list[str]]:
    """The first table, a line a figure, a column a run."""
    lines: dict[str, list[str]] = {
        "samples completed": [f"{run.completed:,}" for run in runs],
        "failed": [f"{sum(run.failures.values()):,}" for run in runs],
        "mean score": [number(run.all.mean_score) for run in runs],
        "score 1": [words.share(run.all.perfect, run.all.n) for run in runs],
        "test solved": [words.share(run.all.test_solved, run.all.n) for run in runs],
        "lift": [number(run.all.mean_lift) for run in runs],
        "calls": [f"{run.calls:,}" for run in runs],
        "tokens": [words.short(run.tokens) for run in runs],
        "cost": [money(run.cost_usd) for run in runs],
        "cost per perfect record": [money(run.cost_per_perfect_usd) for run in runs],
        "engine": [", ".join(name for name, _ in run.engines.most_common(3)) for run in runs],
    }
    return [[name, *values] for name, values in lines.items()]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    head, *body = [f"| {' | '.join(row)} |" for row in rows]
    return [head, "| --- |" + " ---: |" * (len(rows[0]) - 1), *body]


def _cell(text: str) -> str:
    """Text that stays in its cell of a Markdown table, and stays text: no markup, no line end."""
    return re.sub(r"([\\`*_{}\[\]<>()#|!~&$])", r"\\\1", " ".join(text.split()))


def number(value: float | None) -> str:
    """Three decimals, `–` where unknown."""
    return "–" if value is None else f"{value:.3f}"


def money(value: float | None) -> str:
    """US dollars; four decimals below one."""
    if value is None:
        return "–"
    return f"${value:,.2f}" if value >= 1 or value == 0 else f"${value:.4f}"


def _tools() -> dict[str, Any]:
    return {
        "summary": _summary,
        "grouped": grouped,
        "row": _row_html,
        "head": _HEAD,
        "scores": _scores,
        "train_test": _train_test,
        "history": _history,
        "pictures": _pictures,
        "words": words,
    }


def _row_html(name: str, group: Group) -> list[str]:
    return [name, *_row("", group)[1:]]


def _scores(run: RunFigures) -> Markup:
    return Markup(bar_chart(run.bins, label="scores", x_ends=("0", "1")))


def _train_test(run: RunFigures) -> Markup:
    label = "train and test score"
    return Markup(scatter_chart(run.train_test, label=label, x_name="train score", y_name="test score"))


def _history(run: RunFigures) -> Markup:
    first, last = (run.history or [(0, 0)])[0][0], (run.history or [(0, 0)])[-1][0]
    shown = "%Y-%m-%d %H:%M" if last - first >= _SHORT_S else "%Y-%m-%d %H:%M:%S"
    ends = (time.strftime(shown, time.gmtime(first)), time.strftime(shown, time.gmtime(last)))
    return Markup(line_chart(run.history, label="samples completed", x_ends=ends))


def _pictures(example: Example) -> list[tuple[str, Markup]]:
    found = [("the program gives", example.wanted), ("the text gives", example.guess)]
    return [(name, _picture(name, grid, example.wanted)) for name, grid in found if grid is not None]


def _picture(name: str, grid: Grid, wanted: Grid | None) -> Markup:
    wrong = changed_cells(wanted, grid) if wanted is not None and same_shape(wanted, grid) else []
    return Markup(grid_svg(grid, label=name, rings=wrong))


@cache
def _templates() -> Environment:
    loader = PackageLoader("soar2cot.report", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
